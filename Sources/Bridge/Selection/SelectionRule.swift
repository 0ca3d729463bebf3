/// A rule of `receivers.ebpf.select` or `exclude`: what must hold of a process, all of it.
public struct SelectionRule: Sendable, Equatable {
    /// Most rules of a list.
    static let maximum = 256

    /// `ports`: it listens at one of these.
    var ports: [PortRange] = []
    /// `exe`: the path of its program.
    var executable: Glob?
    /// `command`: its command line, words joined by a blank, at most the first 4096 bytes.
    var command: Glob?
    /// `container`: its container's name, id, or id cut to 12 digits.
    var container: Glob?
    /// `image`: its container's image.
    var image: Glob?
    /// `namespace`: its pod's namespace in Kubernetes.
    var namespace: Glob?
    /// `pod`: its pod's name.
    var pod: Glob?
    /// `labels`: its container's, or its pod's, each by name.
    var labels: [LabelPattern] = []
    /// `unit`: its systemd unit, with or without `.service`.
    var unit: Glob?
    /// `pid`: its number in the agent's own process namespace.
    var pid: UInt32?
    /// `user`: its effective user, by number or by the name that the agent's own /etc/passwd has for it.
    var user: String?
    /// `all`: any process; nil or true.
    var all: Bool?

    /// A rule without a criterion, which is none yet.
    public init() {}

    /// Whether it says anything.
    private var isEmpty: Bool { self == Self() }
    /// Whether it needs more than /proc tells: a container's or a pod's description.
    var needsMetadata: Bool {
        container != nil || image != nil || namespace != nil || pod != nil || !labels.isEmpty
    }
}

extension SelectionRule: ConfigurationSection {
    static let keys: [ConfigurationKey<Self>] = [
        .list("ports", \.ports, of: .portRange, "It listens at one of these TCP ports, or did since it was started."),
        .optional("exe", \.executable, .glob, "The path of its program."),
        .optional("command", \.command, .glob, "Its command line, words joined by a blank."),
        .optional("container", \.container, .glob, "Its container's name or id, in full or 12 digits of it."),
        .optional("image", \.image, .glob, "Its container's image."),
        .optional("namespace", \.namespace, .glob, "Its pod's namespace in Kubernetes."),
        .optional("pod", \.pod, .glob, "Its pod's name in Kubernetes."),
        .labels("labels", \.labels, "Its container's or pod's labels: every one that is named must match."),
        .optional("unit", \.unit, .glob, "Its systemd unit, with or without `.service`."),
        .optional("pid", \.pid, .integer(1...4_194_304), "Its number, as the agent's own process namespace has it."),
        .optional(
            "user", \.user, .text("the name or number of a user"),
            "Its effective user: a number, or a name of the agent's own /etc/passwd."),
        .optional("all", \.all, .onlyTrue, "Any process, of any network namespace. Stands alone."),
    ]

    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems) {
        // What is wrong with its keys says enough.
        let place = if case .environment(let name) = origin { name } else { path + "." }
        if isEmpty, !problems.errors.contains(where: { $0.path.hasPrefix(place) }) {
            problems.add(path, origin, "expected a criterion, such as ports: [8080]; a rule without one is for nobody")
        }
        var other = self
        other.all = nil
        if all != nil, !other.isEmpty {
            problems.add(path + ".all", origin, "expected no other criterion beside it")
        }
    }
}

extension ConfigurationValueType<Bool> {
    /// `true`, since the opposite would say nothing.
    fileprivate static var onlyTrue: Self {
        .init(name: "true", expectation: "true") {
            $0.lowercased() == "true" ? true : nil
        } format: {
            String($0)
        }
    }
}
