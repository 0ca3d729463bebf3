/// What rules are held against: a process as /proc tells of it, and its container as others do.
struct SelectionFacts: Sendable, Equatable {
    /// Its number in our own pid namespace.
    var number: UInt32
    /// Its effective user.
    var user: UInt32
    /// Where its program lies; nil for threads of the kernel, and when it cannot be told.
    var executable: String?
    /// Its command line, words joined by a blank, at most 4096 bytes of it.
    var command: String?
    /// The TCP ports at which it listens: of interest to the rules, or all.
    var ports: Set<UInt16> = []
    /// Its systemd units, from the outermost to the innermost.
    var units: [String] = []
    /// Its container's id; nil outside of any.
    var containerID: String?
    /// Its pod's unique id; nil outside of Kubernetes.
    var podUID: String?
    /// What else is known of the container.
    var container = ContainerAnswer.unknown
    /// Inode of its network namespace; 0 when it cannot be told.
    var networkNamespace: UInt32 = 0

    /// A process of which nothing else is known.
    init(number: UInt32, user: UInt32) {
        self.number = number
        self.user = user
    }
}

/// Kinds of facts, each with a price.
struct FactKinds: OptionSet {
    let rawValue: UInt8

    static let executable = FactKinds(rawValue: 1 << 0)
    static let command = FactKinds(rawValue: 1 << 1)
    static let cgroup = FactKinds(rawValue: 1 << 2)
    static let container = FactKinds(rawValue: 1 << 3)
    static let ports = FactKinds(rawValue: 1 << 4)

    /// Those that rules ask for.
    init(_ rules: [SelectionRule]) {
        self = []
        for rule in rules {
            if rule.executable != nil { insert(.executable) }
            if rule.command != nil { insert(.command) }
            if rule.unit != nil { insert(.cgroup) }
            if rule.needsMetadata { formUnion([.cgroup, .container]) }
            if !rule.ports.isEmpty { insert(.ports) }
        }
    }

    init(rawValue: UInt8) { self.rawValue = rawValue }
}
