/// What is known of the containers that processes run in. Asked on the thread that judges processes.
protocol ContainerLookup: Sendable {
    /// What is known of a container. Never waits: what is not known yet is being found out, and asked for again.
    ///
    /// - Parameters:
    ///   - container: its id, 64 hexadecimal digits; nil when only the pod is known.
    ///   - pod: its pod's unique id, as the cgroup's path has it; nil outside of Kubernetes.
    func facts(container: String?, pod: String?) -> ContainerAnswer
}

/// What a ``ContainerLookup`` says.
enum ContainerAnswer: Sendable, Equatable {
    case known(ContainerFacts)
    /// It is being found out.
    case pending
    /// Nobody can tell.
    case unknown
}

/// What a container is, beside its id. What is nil is not known, and matches nothing.
struct ContainerFacts: Sendable, Equatable {
    var name: String?
    var image: String?
    /// Its pod's namespace and name in Kubernetes.
    var namespace: String?
    var pod: String?
    /// Its own labels and its pod's.
    var labels: [String: String] = [:]
}
