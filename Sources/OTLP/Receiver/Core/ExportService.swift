import NIOCore
import NIOSSL

/// Where both servers bring their requests: reads them, gives them to the sink, counts. Lives on the event loop.
final class ExportService {
    /// What all connections together may hold.
    var budget: BodyBudget { didSet { counters.set(bytesInFlight: budget.used) } }
    /// The time of day, for answers of HTTP.
    var date = HTTPDate()
    /// What is counted.
    let counters: SharedReceiverCounters
    /// What people should know.
    let log: ReceiverLog

    private let sink: any TelemetrySink
    private let loop: any EventLoop
    private let gate: LoopGate

    /// A service on an event loop.
    init(
        sink: any TelemetrySink, loop: any EventLoop, budget: BodyBudget, counters: SharedReceiverCounters,
        log: ReceiverLog
    ) {
        self.sink = sink
        self.loop = loop
        gate = LoopGate(loop)
        self.budget = budget
        self.counters = counters
        self.log = log
    }

    /// Takes a request that has come whole.
    ///
    /// - Parameters:
    ///   - sender: who sent it.
    ///   - charge: what its body took of the budget, given back by the service.
    ///   - limit: bytes that it may have once decompressed.
    ///   - answer: told once what to say, on the event loop, perhaps before this returns.
    func export(
        _ request: consuming ExportRequest, from sender: SenderAddress?, charge: Int, limit: Int,
        answer: @escaping @Sendable (ExportAnswer) -> Void
    ) {
        let signal = request.signal
        let telemetry: ReceivedTelemetry
        switch request.read(limit: limit) {
        case .success(let read): telemetry = read
        case .failure(let refusal):
            budget.give(charge)
            return answer(.refused(refusal))
        }
        guard var batch = telemetry.batch else {
            budget.give(charge)
            counters.count(signal, rejected: telemetry.rejected)
            return answer(.taken(rejected: telemetry.rejected, message: telemetry.message))
        }
        // What it became by decompression is held as well.
        let more = max(batch.bytes.count - charge, 0)
        guard budget.take(more) else {
            budget.give(charge)
            return answer(.refused(.busy))
        }
        batch.sender = sender
        let (rejected, message) = (telemetry.rejected, telemetry.message)
        let items = batch.items
        let bound = NIOLoopBound(self, eventLoop: loop)
        let (gate, counters) = (gate, counters)
        sink.accept(batch) { verdict in
            // Here rather than on the loop, which may have ended: what was accepted is counted in any case.
            let decided = Self.judge(
                verdict, signal: signal, items: items, rejected: rejected, message: message, counters: counters)
            gate.run {
                bound.value.budget.give(charge + more)
                answer(decided)
            }
        }
    }

    /// Answers nothing more from other threads: the loop is about to end.
    func close() { gate.close() }

    /// Counts a request that was not taken, for whichever reason.
    func count(_ refusal: ExportRefusal) {
        counters.update { counters in
            switch refusal {
            case .malformed: counters.malformed &+= 1
            case .tooLarge: counters.tooLarge &+= 1
            case .busy: counters.busy &+= 1
            case .late: counters.timeouts &+= 1
            // Counted by item.
            case .full, .noPipeline: break
            }
        }
        log.warn(about: refusal)
    }

    /// Counts a connection that something ended.
    func countFailure(of error: any Error) {
        switch error {
        // The peer went away without saying so. Whether a request was cut off is counted elsewhere.
        case is IOError, is ChannelError, NIOSSLError.uncleanShutdown: break
        case is NIOSSLError, is BoringSSLError:
            counters.update { $0.tlsFailures &+= 1 }
            log.warn(.handshake, "a TLS connection failed: \("\(error)".printable())")
        default:
            counters.update { $0.protocolErrors &+= 1 }
            log.warn(.protocolError, "a connection was closed: \("\(error)".printable())")
        }
    }

    private static func judge(
        _ verdict: SinkVerdict, signal: Signal, items: Int, rejected: Int, message: String,
        counters: SharedReceiverCounters
    ) -> ExportAnswer {
        switch verdict {
        case .accepted:
            counters.count(signal, accepted: items, rejected: rejected)
            return .taken(rejected: rejected, message: message)
        case .full(let seconds):
            // All of it will come again, the rejected ones too.
            counters.count(signal, refused: items)
            return .refused(.full(retryAfterSeconds: seconds))
        case .noPipeline:
            counters.count(signal, refused: items)
            return .refused(.noPipeline(signal))
        }
    }
}
