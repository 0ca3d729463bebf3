/// Which service a process is: what it says itself, then what its container or pod is called, then its systemd unit, then its
/// program.
///
/// In Kubernetes by OpenTelemetry's rules for its annotations and well-known labels
/// (opentelemetry.io/docs/specs/semconv/non-normative/k8s-attributes); elsewhere by the labels that Compose and Swarm put on
/// containers, else the container's name. Labels `resource.opentelemetry.io/...` of a container count as a pod's annotations do.
struct ServiceNaming {
    /// `service.name`.
    let name: String
    /// `service.namespace`; nil when nothing says so.
    let namespace: String?
    /// `service.version`; nil when nothing says so.
    let version: String?
    /// `service.instance.id`, where something names the instance; else it is the process.
    let instance: String?

    /// - Parameters:
    ///   - facts: what /proc tells of the process.
    ///   - container: what others know of its container.
    ///   - command: the thread's name, for when nothing else is known.
    init(_ facts: ProcessFacts, _ container: ContainerMetadata?, command: String) {
        func annotated(_ attribute: String) -> String? {
            Self.text(container?.pod?.attributes[attribute])
                ?? Self.text(container?.labels["resource.opentelemetry.io/" + attribute])
        }
        func label(_ name: String) -> String? {
            Self.text(container?.pod?.labels[name]) ?? Self.text(container?.labels[name])
        }
        name =
            facts.declared.serviceName ?? annotated("service.name") ?? label("app.kubernetes.io/instance")
            ?? label("app.kubernetes.io/name") ?? Self.owner(container) ?? facts.place.unit ?? facts.place.machine
            ?? ServiceName.guess(arguments: facts.arguments, executable: facts.executable, command: command)
        namespace = annotated("service.namespace") ?? Self.text(container?.pod?.namespace)
        version = annotated("service.version") ?? label("app.kubernetes.io/version")
        instance = annotated("service.instance.id") ?? Self.instance(container)
    }

    /// What runs the container: a workload of Kubernetes, the farthest first, a pod; a service of Compose or Swarm; the
    /// container alone.
    private static func owner(_ container: ContainerMetadata?) -> String? {
        guard let container else { return nil }
        if let pod = container.pod {
            return text(pod.owners.last?.name) ?? text(pod.name) ?? text(container.name)
        }
        return text(container.labels["com.docker.compose.service"])
            ?? text(container.labels["com.docker.swarm.service.name"]) ?? text(container.name)
    }

    /// Namespace, pod and container with dots between.
    private static func instance(_ container: ContainerMetadata?) -> String? {
        guard let namespace = text(container?.pod?.namespace), let pod = text(container?.pod?.name),
            let name = text(container?.name)
        else { return nil }
        return "\(namespace).\(pod).\(name)"
    }

    private static func text(_ value: String?) -> String? { value.flatMap { $0.isEmpty ? nil : $0 } }
}
