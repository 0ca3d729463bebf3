internal import Capture
internal import OTLP
internal import Synchronization
internal import Threading

/// What is asked about a process.
struct ProcessQuestion: Sendable {
    /// Who asked knows the answer by it.
    var number: UInt64
    /// The process.
    var process: ProcessIdentity
}

/// What has been found out about a process.
struct ProcessAnswer: Sendable {
    /// Of the question.
    var number: UInt64
    /// The process.
    var process: ProcessKey
    /// Whose spans they are.
    var resource: ResourceData
    /// The names of its `/etc/hosts`.
    var hosts: HostsFile
    /// Whether nothing more will become known.
    var isFinal: Bool
}

/// The threads that look processes up: one reads /proc and answers at once, or says what it knows and hands on what runs in a
/// container to the other, which asks runtimes and Kubernetes. A socket that hangs holds up nobody who is in no container.
/// Everything crosses by bounded queues.
final class ProcessResolver: Sendable {
    /// Most time that asking about a process's container may take, ns: its spans wait 2 s in all.
    private static let patience: UInt64 = 1_400_000_000
    /// Most answers that wait to be taken.
    private static let mostAnswers = 16_384

    private struct ContainerQuestion: Sendable {
        var question: ProcessQuestion
        var facts: ProcessFacts
        /// When it was asked, ns of CLOCK_MONOTONIC.
        var since: UInt64
    }

    /// What makes resources.
    let source: ProcessResource
    private let containers: ContainerDirectory?
    private let questions = BoundedQueue<ProcessQuestion>(capacity: 4096)
    private let containerQuestions = BoundedQueue<ContainerQuestion>(capacity: 4096)
    private let resolved = Mutex<[ProcessAnswer]>([])

    /// - Parameters:
    ///   - source: makes resources.
    ///   - containers: who knows containers; nil: nobody.
    init(source: ProcessResource, containers: ContainerDirectory? = nil) {
        self.source = source
        self.containers = containers
    }

    /// Starts the threads, which end after ``stop()``.
    func start() throws(ThreadError) -> [OSThread] {
        var threads = [
            try OSThread(name: "identity") { [self] in while let question = questions.pop() { read(question) } }
        ]
        if let containers {
            threads.append(
                try OSThread(name: "containers") { [self] in
                    containers.prepare()
                    while let question = containerQuestions.pop() { ask(containers, question) }
                })
        }
        return threads
    }

    /// Lets the threads end.
    func stop() {
        questions.close()
        containerQuestions.close()
    }

    /// Asks about a process; false when too much has been asked already.
    func ask(_ question: ProcessQuestion) -> Bool { questions.push(question) }

    /// What has been found out since the last call.
    func answers() -> [ProcessAnswer] {
        resolved.withLock { pending in
            defer { pending.removeAll(keepingCapacity: true) }
            return pending
        }
    }

    // MARK: On the threads

    private func read(_ question: ProcessQuestion) {
        guard let facts = source.facts(of: question.process) else {
            return answer(question, source.fallback(question.process), .empty, isFinal: true)
        }
        let known = containers?.known(facts.place)
        let resource = source.resource(of: question.process, facts, container: known)
        let isOpen = containers?.isEmpty == false && known == nil && facts.place.isContainer
        if isOpen {
            // First what is known, so that it is there when the rest takes too long.
            answer(question, resource, facts.hosts, isFinal: false)
            let next = ContainerQuestion(question: question, facts: facts, since: Monotonic.now())
            if containerQuestions.push(next) { return }
        }
        answer(question, resource, facts.hosts, isFinal: true)
    }

    private func ask(_ containers: ContainerDirectory, _ asked: ContainerQuestion) {
        let waited = Monotonic.now() &- asked.since
        // What waited long behind others takes what is known by now.
        let container =
            waited < Self.patience
            ? containers.find(asked.facts.place, within: Self.patience - waited) : containers.known(asked.facts.place)
        let resource = source.resource(of: asked.question.process, asked.facts, container: container)
        answer(asked.question, resource, asked.facts.hosts, isFinal: true)
    }

    private func answer(_ question: ProcessQuestion, _ resource: ResourceData, _ hosts: HostsFile, isFinal: Bool) {
        let answer = ProcessAnswer(
            number: question.number, process: question.process.key, resource: resource, hosts: hosts, isFinal: isFinal)
        resolved.withLock { pending in
            // Nobody asks any more: they belong to processes that are over.
            if pending.count >= Self.mostAnswers { pending.removeAll(keepingCapacity: true) }
            pending.append(answer)
        }
    }
}
