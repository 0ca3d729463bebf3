internal import Capture
internal import Synchronization
internal import Threading

/// Judges the processes that capture meets by the rules of the configuration.
final class SelectionJudge: ProcessJudge {
    let interests: JudgeInterests
    private let selection: ProcessSelection
    private let reader: Mutex<ProcessReader>

    /// By these rules; nil when everything in scope is watched, and nobody needs to be judged.
    init?(_ selection: ProcessSelection, containers: any ContainerLookup) {
        guard selection.isOn else { return nil }
        let rules = selection.select + selection.exclude
        self.selection = selection
        reader = Mutex(ProcessReader(rules, containers: containers))
        var interests: JudgeInterests = []
        if rules.contains(where: { !$0.ports.isEmpty }) { interests.insert(.listeners) }
        if rules.contains(where: { $0.user != nil }) { interests.insert(.users) }
        self.interests = interests
    }

    func judge(_ process: MetProcess) -> ProcessVerdict? {
        let facts = reader.withLock {
            $0.facts(of: process.number, user: process.user, port: process.port, now: Monotonic.now())
        }
        switch selection.decide(facts) {
        case .selected(let rule): return verdict(true, by: rule.map { selection.select[$0] })
        case .excluded(let rule): return verdict(false, by: selection.exclude[rule])
        case .unselected, .outOfScope: return verdict(false, by: nil)
        case .undecided: return nil
        }
    }

    /// A process that is known by its number alone says nothing about its children. One that is known by where it listens
    /// stays what it is until its program ends: it may have answers to write after it has stopped to listen.
    private func verdict(_ isWatched: Bool, by rule: SelectionRule?) -> ProcessVerdict {
        ProcessVerdict(
            isWatched: isWatched, holdsForChildren: rule?.pid == nil, isLasting: rule.map { !$0.ports.isEmpty } ?? false
        )
    }
}
