import CLibCurl
import Threading

/// The thread of an OTLP/HTTP exporter at work: takes portions from the queue, sends them, several at once, and settles
/// them.
final class HTTPDelivery {
    private enum Complaint { case retry, dropped, rejected, warning }

    private let name: String
    private let signal: Signal
    private let settings: OTLPHTTPSettings
    private let queue: any DeliveryQueue
    private let multi: CurlMulti
    private let log: ExporterLog
    private let encoder: TelemetryEncoder
    private let gzip = Gzip()
    private let uncompressed = ByteBuffer()
    private var throttle = LogThrottle<Complaint>()
    private var chance = SystemRandomNumberGenerator()

    /// Transfers that have nothing to do.
    private var idle: [HTTPTransfer] = []
    /// Transfers on their way.
    private var flying: [UnsafeMutableRawPointer: HTTPTransfer] = [:]
    /// Transfers that try again later.
    private var waiting: [(due: UInt64, transfer: HTTPTransfer)] = []

    /// A delivery that has not begun.
    init(
        name: String, signal: Signal, settings: OTLPHTTPSettings, queue: any DeliveryQueue, multi: CurlMulti,
        log: ExporterLog
    ) {
        self.name = name
        self.signal = signal
        self.settings = settings
        self.queue = queue
        self.multi = multi
        self.log = log
        encoder = TelemetryEncoder(settings.encoding, signal)
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
                if queue.isEmpty { return }
            }
            retryWhatIsDue()
            fill()
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
            transfer.receipt = portion.receipt
            transfer.schedule = nil
            if encode(portion, into: transfer.body) {
                begin(transfer)
            } else {
                settle(transfer, dropped: .encoding, why: "no memory to compress the request")
            }
        }
    }

    private func nextIdle() -> HTTPTransfer? {
        if let transfer = idle.popLast() { return transfer }
        guard flying.count + waiting.count < max(settings.queue.consumers, 1) else { return nil }
        return HTTPTransfer(settings)
    }

    private func encode(_ portion: Portion, into body: ByteBuffer) -> Bool {
        body.removeAll()
        guard settings.compression == .gzip else {
            encoder.encode(portion.contents, into: body)
            return true
        }
        uncompressed.removeAll()
        encoder.encode(portion.contents, into: uncompressed)
        return gzip.compress(uncompressed.bytes, into: body)
    }

    private func begin(_ transfer: HTTPTransfer) {
        if transfer.schedule == nil {
            transfer.schedule = RetrySchedule(settings.retry, firstAttempt: Monotonic.now())
        }
        transfer.prepare()
        flying[transfer.handle] = transfer
        if !multi.add(transfer.handle) {
            flying[transfer.handle] = nil
            settle(transfer, dropped: .notRetryable, why: "libcurl refused the transfer")
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

    private func ended(_ transfer: HTTPTransfer, _ result: CURLcode) {
        switch transfer.verdict(result) {
        case .delivered(let rejected, let message):
            queue.settle(
                transfer.receipt, sent: transfer.receipt.weight.items - rejected, dropped: rejected, .rejected)
            idle.append(transfer)
            if rejected > 0 {
                complain(.rejected, "the backend rejected \(rejected) \(signal.items): \(message)")
            } else if !message.isEmpty {
                complain(.warning, "the backend took all \(signal.items) and says: \(message)")
            }
        case .retry(let why):
            let now = Monotonic.now()
            let due = transfer.schedule?.next(
                now: now, retryAfter: transfer.retryAfter, chance: Double.random(in: 0..<1, using: &chance))
            guard let due else { return settle(transfer, dropped: .retriesExhausted, why: why) }
            waiting.append((due, transfer))
            complain(.retry, "will try again in \((due - now) / 1_000_000) ms: \(why)")
        case .refused(let why):
            settle(transfer, dropped: .notRetryable, why: why)
        }
    }

    private func settle(_ transfer: HTTPTransfer, dropped reason: DropReason, why: String) {
        queue.settle(transfer.receipt, dropped: transfer.receipt.weight.items, reason)
        idle.append(transfer)
        complain(.dropped, "dropped \(transfer.receipt.weight.items) \(signal.items) (\(reason.rawValue)): \(why)")
    }

    private func leave(_ transfer: HTTPTransfer, why: String) {
        queue.leave(transfer.receipt)
        idle.append(transfer)
        complain(.dropped, "ended with \(transfer.receipt.weight.items) \(signal.items) undelivered: \(why)")
    }

    /// What would try again after the deadline has no hope; neither has anybody who waits for it.
    private func giveUpWhatCannotBeInTime(_ deadline: UInt64) {
        let hopeless = waiting.filter { $0.due >= deadline }
        waiting.removeAll { $0.due >= deadline }
        for (_, transfer) in hopeless {
            leave(transfer, why: "the next attempt would be after the end")
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
        if !idle.isEmpty || flying.count + waiting.count < max(settings.queue.consumers, 1),
            let flush = queue.nextFlush
        {
            moments.append(flush)
        }
        if let deadline = queue.drainDeadline { moments.append(deadline) }
        guard let next = moments.min() else { return 60_000 }
        let now = Monotonic.now()
        return next <= now ? 0 : Int32(clamping: (next - now + 999_999) / 1_000_000)
    }

    private func complain(_ complaint: Complaint, _ text: String) {
        guard let suppressed = throttle.admit(complaint, now: Monotonic.now()) else { return }
        let more = suppressed > 0 ? " (and \(suppressed) more like this since the last time)" : ""
        log.warn("\(name): \(text)\(more)")
    }
}
