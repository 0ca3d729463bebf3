import CLibCurl
import Threading

/// The thread of an OTLP exporter at work: takes portions from the queue, sends them, several at once, and settles
/// them.
final class DeliveryLoop {
    private enum Complaint { case retry, dropped, rejected, warning, credentials }

    /// How often an attempt may start over before that counts as a failure.
    private static let mostStartOvers = 8

    /// How long libcurl is trusted to wake us, ns. Of answers that come together on one HTTP/2 connection, 7.88 reads
    /// some into its memory and then waits for the socket, on which nothing more will come: running it again is enough.
    private static let longestTrust: UInt64 = 20_000_000

    private let plan: DeliveryPlan
    private let signal: Signal
    private let queue: any DeliveryQueue
    private let multi: CurlMulti
    private let backend: Backend
    private let writer: RequestWriter
    private var credentials: TLSReloader
    private var knowledge: PriorKnowledge?
    private var throttle = LogThrottle<Complaint>()
    private var chance = SystemRandomNumberGenerator()

    /// Transfers that have nothing to do.
    private var idle: [Transfer] = []
    /// Transfers on their way.
    private var flying: [UnsafeMutableRawPointer: Transfer] = [:]
    /// Whether what is left is left for the next start, since the backend takes nothing now and nothing is lost by it.
    private var hasGivenUp = false
    /// Transfers that try again later.
    private var waiting: [(due: UInt64, transfer: Transfer)] = []

    /// A delivery that has not begun.
    init(
        _ plan: DeliveryPlan, _ credentials: TLSReloader, _ queue: any DeliveryQueue, _ multi: CurlMulti,
        _ backend: Backend
    ) {
        self.plan = plan
        signal = plan.signal
        self.credentials = credentials
        self.queue = queue
        self.multi = multi
        self.backend = backend
        writer = RequestWriter(plan.binding, plan.signal, largestCount: plan.largestCount)
        knowledge = plan.binding.options.version == .http2Plain ? PriorKnowledge() : nil
    }

    /// Runs until the queue was closed and everything is settled.
    func run() {
        while true {
            multi.perform { handle, result in
                guard let transfer = flying.removeValue(forKey: handle) else { return }
                multi.remove(handle)
                ended(transfer, result)
            }
            if let deadline = queue.drainDeadline {
                giveUpWhatCannotBeInTime(deadline)
                if Monotonic.now() >= deadline { abandon() }
                if queue.isEmpty || hasGivenUp && flying.isEmpty { return }
            }
            retryWhatIsDue()
            if !hasGivenUp { fill() }
            multi.wait(milliseconds: pause())
        }
    }

    // MARK: Beginning

    private func fill() {
        while let transfer = nextIdle() {
            guard let portion = queue.take() else {
                idle.append(transfer)
                return
            }
            transfer.load = Load(portion)
            write(transfer)
        }
    }

    private func nextIdle() -> Transfer? {
        if let transfer = idle.popLast() { return transfer }
        guard flying.count + waiting.count < plan.consumers else { return nil }
        return Transfer(plan.binding)
    }

    /// Makes the next request of a transfer's load, and begins it.
    private func write(_ transfer: Transfer) {
        let written = writer.write(transfer.load.contents, into: transfer.body)
        transfer.load.took(items: written.items, remaining: written.remaining)
        transfer.schedule = RetrySchedule(plan.retry, firstAttempt: Monotonic.now())
        guard written.isGood else { return drop(transfer, .encoding, why: "no memory to compress the request") }
        begin(transfer)
    }

    private func begin(_ transfer: Transfer) {
        transfer.startOvers = 0
        send(transfer)
    }

    private func send(_ transfer: Transfer) {
        if let why = credentials.refresh(now: Monotonic.now()) { complain(.credentials, why) }
        transfer.prepare(credentials.current, knowledge?.next())
        transfer.began = Monotonic.now()
        flying[transfer.handle] = transfer
        if !multi.add(transfer.handle) {
            flying[transfer.handle] = nil
            drop(transfer, .notRetryable, why: "libcurl refused the transfer")
        }
    }

    private func retryWhatIsDue() {
        let now = Monotonic.now()
        let due = waiting.filter { $0.due <= now }
        guard !due.isEmpty else { return }
        waiting.removeAll { $0.due <= now }
        for (_, transfer) in due {
            queue.retried()
            begin(transfer)
        }
    }

    // MARK: Ending

    private func ended(_ transfer: Transfer, _ result: CURLcode) {
        let verdict = transfer.verdict(result)
        backend.attemptEnded(verdict, result, began: transfer.began, now: Monotonic.now())
        if let belief = transfer.belief {
            knowledge?.learn(belief, wasWrong: verdict == .startOver, failed: result != CURLE_OK)
        }
        switch verdict {
        case .delivered(let rejected, let message):
            settle(transfer, dropped: rejected, .rejected)
            if rejected > 0 {
                complain(.rejected, "the backend rejected \(rejected) \(signal.items): \(message)")
            } else if !message.isEmpty {
                complain(.warning, "the backend took all \(signal.items) and says: \(message)")
            }
        case .startOver where transfer.startOvers < Self.mostStartOvers:
            transfer.startOvers += 1
            send(transfer)
        case .startOver: tryAgain(transfer, why: "its connections come and go", after: nil)
        case .retry(let why, let after): tryAgain(transfer, why: why, after: after)
        case .refused(let why): drop(transfer, .notRetryable, why: why)
        }
    }

    private func tryAgain(_ transfer: Transfer, why: String, after: UInt64?) {
        let now = Monotonic.now()
        let due = transfer.schedule?.next(
            now: now, retryAfter: after, chance: Double.random(in: 0..<1, using: &chance))
        guard let due else { return drop(transfer, .retriesExhausted, why: why) }
        waiting.append((due, transfer))
        complain(.retry, "will try again in \((due - now) / 1_000_000) ms: \(why)")
    }

    private func drop(_ transfer: Transfer, _ reason: DropReason, why: String) {
        let items = transfer.load.part.weight.items
        complain(.dropped, "dropped \(items) \(signal.items) (\(reason.rawValue)): \(why)")
        settle(transfer, dropped: items, reason)
    }

    /// Says what became of a transfer's request, and goes on with what did not fit into it.
    private func settle(_ transfer: Transfer, dropped: Int, _ reason: DropReason) {
        let part = transfer.load.part
        queue.settle(part, sent: part.weight.items - dropped, dropped: dropped, reason)
        transfer.load.settled()
        if transfer.load.isLast {
            idle.append(transfer)
        } else {
            write(transfer)
        }
    }

    private func leave(_ transfer: Transfer, why: String) {
        let load = transfer.load.everything
        queue.leave(load)
        transfer.load.clear()
        idle.append(transfer)
        let what = queue.keepsWhatIsLeft ? "left for the next start" : "undelivered"
        complain(.dropped, "ended with \(load.weight.items) \(signal.items) \(what): \(why)")
    }

    /// What would try again after the deadline has no hope; neither has anybody who waits for it. Where nothing is lost
    /// by it, nobody waits for a backend at all that has failed.
    private func giveUpWhatCannotBeInTime(_ deadline: UInt64) {
        if queue.keepsWhatIsLeft, !waiting.isEmpty { hasGivenUp = true }
        let hopeless = waiting.filter { hasGivenUp || $0.due >= deadline }
        waiting.removeAll { hasGivenUp || $0.due >= deadline }
        for (_, transfer) in hopeless {
            leave(transfer, why: hasGivenUp ? "the backend is away" : "the next attempt would be after the end")
        }
    }

    private func abandon() {
        for transfer in flying.values {
            multi.remove(transfer.handle)
            leave(transfer, why: "no answer in time")
        }
        flying.removeAll()
        queue.leaveWaiting()
    }

    // MARK: Waiting

    /// How long nothing can be due, ms, rounded up.
    private func pause() -> Int32 {
        var moments = waiting.map(\.due)
        let mayTake = !hasGivenUp && (!idle.isEmpty || flying.count + waiting.count < plan.consumers)
        if mayTake, let flush = queue.nextFlush {
            moments.append(flush)
        }
        if let deadline = queue.drainDeadline { moments.append(deadline) }
        let now = Monotonic.now()
        if !flying.isEmpty, plan.binding.options.version != .http1 { moments.append(now + Self.longestTrust) }
        guard let next = moments.min() else { return 60_000 }
        return next <= now ? 0 : Int32(clamping: (next - now + 999_999) / 1_000_000)
    }

    private func complain(_ complaint: Complaint, _ text: String) {
        guard let suppressed = throttle.admit(complaint, now: Monotonic.now()) else { return }
        let more = suppressed > 0 ? " (and \(suppressed) more like this since the last time)" : ""
        plan.log.warn("\(plan.name): \(text)\(more)")
    }
}
