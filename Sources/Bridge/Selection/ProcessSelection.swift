internal import Capture
internal import Logging

/// Which processes are watched: `receivers.ebpf.select` and `exclude`.
struct ProcessSelection: Sendable {
    /// Rules of which one must hold; empty: everything in scope.
    let select: [SelectionRule]
    /// Rules of which none may.
    let exclude: [SelectionRule]
    /// The one network namespace that is watched; nil: all.
    let scope: UInt32?
    private let users: UserNames

    /// What becomes of a process, and why.
    enum Decision: Equatable {
        /// Watched, by the rule with this index; nil: by default.
        case selected(rule: Int?)
        case excluded(rule: Int)
        /// No rule is for it.
        case unselected
        /// It is in another network namespace than the one that is watched.
        case outOfScope
        /// What a rule asks for is still being found out.
        case undecided
    }

    /// From the configuration.
    ///
    /// - Parameter scope: the default, where no rule is for all.
    init(_ configuration: EBPFReceiverConfiguration, scope: UInt32?, users: UserNames) {
        let isEverything = configuration.select.contains { $0.all == true }
        select = configuration.select
        exclude = configuration.exclude
        self.scope = isEverything ? nil : scope
        self.users = users
    }

    /// Whether single processes are to be judged at all.
    var isOn: Bool { !exclude.isEmpty || !(select.isEmpty || select.contains { $0.all == true }) }

    /// Names in rules that nobody here has.
    var unknownUsers: [String] {
        Set((select + exclude).compactMap(\.user).filter { users.number(of: $0) == nil }).sorted()
    }

    /// Says which rules are for users that there are not.
    func warnOfNobody(_ logger: Logger) {
        for user in unknownUsers {
            logger.warning("a rule is for nobody: there is no user of this name", metadata: ["user": "\(user)"])
        }
    }

    /// What becomes of a process.
    func decide(_ facts: SelectionFacts) -> Decision {
        if let scope, facts.networkNamespace != 0, facts.networkNamespace != scope { return .outOfScope }
        var isUndecided = false
        for (index, rule) in exclude.enumerated() {
            switch matches(rule, facts) {
            case true?: return .excluded(rule: index)
            case nil: isUndecided = true
            case false?: break
            }
        }
        if isUndecided { return .undecided }
        if select.isEmpty { return .selected(rule: nil) }
        for (index, rule) in select.enumerated() {
            switch matches(rule, facts) {
            case true?: return .selected(rule: index)
            case nil: isUndecided = true
            case false?: break
            }
        }
        return isUndecided ? .undecided : .unselected
    }

    /// Whether all of a rule holds; nil when that depends on what is not known yet.
    private func matches(_ rule: SelectionRule, _ facts: SelectionFacts) -> Bool? {
        if let pid = rule.pid, pid != facts.number { return false }
        if let user = rule.user, users.number(of: user) != facts.user { return false }
        if !rule.ports.isEmpty,
            !rule.ports.contains(where: { range in facts.ports.contains { range.ports.contains($0) } })
        {
            return false
        }
        if let glob = rule.executable, !(facts.executable.map(glob.matches) ?? false) { return false }
        if let glob = rule.command, !(facts.command.map(glob.matches) ?? false) { return false }
        if let glob = rule.unit, !facts.units.contains(where: { isUnit($0, glob) }) { return false }
        return rule.needsMetadata ? matchesContainer(rule, facts) : true
    }

    private func isUnit(_ unit: String, _ glob: Glob) -> Bool {
        glob.matches(unit) || unit.hasSuffix(".service") && glob.matches(String(unit.dropLast(8)))
    }

    private func matchesContainer(_ rule: SelectionRule, _ facts: SelectionFacts) -> Bool? {
        guard facts.containerID != nil || facts.podUID != nil else { return false }
        var known = ContainerFacts()
        var isPending = false
        switch facts.container {
        case .known(let facts): known = facts
        case .pending: isPending = true
        case .unknown: break
        }
        let texts: [(Glob?, String?)] = [
            (rule.image, known.image), (rule.namespace, known.namespace), (rule.pod, known.pod),
        ]
        let criteria =
            texts.filter { $0.0 != nil } + rule.labels.map { ($0.value, known.labels[$0.name]) }
        if let glob = rule.container {
            let id = facts.containerID
            let names = [id, id.map { String($0.prefix(12)) }, known.name]
            if !names.contains(where: { $0.map(glob.matches) ?? false }) { return isPending ? nil : false }
        }
        guard !criteria.isEmpty else { return true }
        if isPending { return nil }
        return criteria.allSatisfy { glob, text in text.map { glob?.matches($0) ?? true } ?? false }
    }
}
