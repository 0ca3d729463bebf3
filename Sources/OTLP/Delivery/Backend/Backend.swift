import CLibCurl
import Synchronization
import Threading

/// What is known of whom an exporter delivers to: whether it answers, and how long that takes. Told by the delivery thread
/// of every attempt, and, while there is nothing to deliver, by a ``BackendProber`` of every connection that it tries.
public final class Backend: Sendable {
    /// Whether it answers.
    public enum State: Sendable, Equatable {
        /// Nothing was tried yet.
        case untried
        /// It answered the last request that it was sent, or took a connection since.
        case answering
        /// It did not, or told us to come again. Why, in words that are ours or libcurl's: nothing of the configuration's
        /// secrets, nothing that the backend has written.
        case silent(why: String)
    }

    /// What became of attempts; all grow only.
    public struct Counters: Sendable {
        /// How long requests took, from their first byte on, answered or not.
        public internal(set) var durations = DurationHistogram()
        /// Requests that were not answered, or answered with a call to come again.
        public internal(set) var failed: UInt64 = 0
        /// Connections that were tried while there was nothing to deliver.
        public internal(set) var probes: UInt64 = 0
    }

    /// How long after the last attempt a connection is tried, ns.
    static let interval: UInt64 = 10_000_000_000

    private struct Known {
        var state = State.untried
        /// When the last attempt ended or the last probe began, ns of CLOCK_MONOTONIC.
        var tried: UInt64?
        var counters = Counters()
        var plan: DeliveryPlan?
        var queue: (any DeliveryQueue)?
    }

    private let known = Mutex(Known())

    /// One that nobody has tried.
    init() {}

    /// Whether it answers.
    public var state: State { known.withLock { $0.state } }

    /// What became of attempts.
    public var counters: Counters { known.withLock { $0.counters } }

    /// Says how it is reached, and whose emptiness means that nobody tries it otherwise.
    func isReached(by plan: DeliveryPlan, from queue: any DeliveryQueue) {
        known.withLock {
            $0.plan = plan
            $0.queue = queue
        }
    }

    /// An attempt has ended.
    ///
    /// - Parameters:
    ///   - verdict: what it means. What a backend refuses for good it has answered: that is no matter of its being there.
    ///   - result: what libcurl says.
    ///   - began: ns of CLOCK_MONOTONIC.
    ///   - now: likewise.
    func attemptEnded(_ verdict: Verdict, _ result: CURLcode, began: UInt64, now: UInt64) {
        let why = result == CURLE_OK ? "it asks to come again later" : Self.words(result)
        known.withLock { known in
            switch verdict {
            case .startOver: return
            case .delivered, .refused: known.state = .answering
            case .retry:
                known.state = .silent(why: why)
                known.counters.failed &+= 1
            }
            known.tried = now
            known.counters.durations.add(now > began ? now - began : 0)
        }
    }

    /// A connection for the prober to try, if it is time to and nothing else is under way.
    ///
    /// - Parameter now: ns of CLOCK_MONOTONIC.
    func probe(now: UInt64) -> Transfer? {
        let plan: DeliveryPlan? = known.withLock { known in
            guard let plan = known.plan, let queue = known.queue, queue.isEmpty else { return nil }
            if let tried = known.tried, now < tried || now - tried < Self.interval { return nil }
            known.tried = now
            known.counters.probes &+= 1
            return plan
        }
        guard let plan else { return nil }
        guard let transfer = Transfer(plan.binding, connectsOnly: true) else { return nil }
        do { transfer.prepare(try plan.credentials(), nil) } catch {
            known.withLock { $0.state = .silent(why: "its certificates cannot be read") }
            return nil
        }
        return transfer
    }

    /// What came of the prober's connection. An attempt that has failed meanwhile knows better.
    func probeEnded(_ result: CURLcode) {
        let state: State = result == CURLE_OK ? .answering : .silent(why: Self.words(result))
        known.withLock { known in
            if known.queue?.isEmpty != false { known.state = state }
        }
    }

    /// libcurl's words for a result: fixed ones, without hosts and names.
    private static func words(_ result: CURLcode) -> String { String(cString: curl_easy_strerror(result)) }
}
