public import Capture

/// What Correlate hands to Bridge: the one type across this boundary.
///
/// Every exchange comes twice, `opened` once its parent is decided and `closed` once it is over; never the other way
/// round, and never before its parent was `opened`. What Bridge has remembered of the parent is therefore always final.
public struct LinkedExchange: Sendable {
    /// Which of its two moments this is.
    public enum Phase: UInt8, Sendable {
        /// The parent is decided; the exchange may still be under way.
        case opened
        /// The exchange is over and complete.
        case closed
    }

    /// Which of its two moments this is.
    public var phase: Phase
    /// The exchange; ``Exchange/fields`` lie in the batch's buffer.
    public var exchange: Exchange
    /// What caused it.
    public var link: Link

    /// An exchange with its link.
    public init(phase: Phase, exchange: Exchange, link: Link) {
        self.phase = phase
        self.exchange = exchange
        self.link = link
    }
}

/// What caused an exchange, how that was found, and how sure it is.
public struct Link: Sendable {
    /// The end of an exchange that caused this one; nil when nothing observed did, or nothing is sure enough.
    public var parent: ExchangeEnd?
    /// Which kind of evidence decided.
    public var method: LinkMethod
    /// Probability that the parent is right, 0...1, computed from the evidence.
    public var confidence: Double

    /// A link.
    public init(parent: ExchangeEnd?, method: LinkMethod, confidence: Double) {
        self.parent = parent
        self.method = method
        self.confidence = confidence
    }

    /// Nothing observed caused it.
    public static let none = Link(parent: nil, method: .none, confidence: 0)
}

/// Kinds of evidence that can decide a parent, exported as `interspan.link.method`.
public enum LinkMethod: UInt8, Sendable, CaseIterable {
    /// Nothing was found.
    case none = 0
    /// Both ends of the same exchange.
    case flow
    /// The thread that read the request, or a response on its behalf, made the call.
    case thread
    /// The connection was opened while the request was being handled.
    case socket
    /// The thread was made, directly or through others, by the one that handles the request.
    case fork
    /// The call carries the request id of the request, or of the answer to it.
    case requestID
    /// The goroutine that wrote the call wrote the answer, or read the request.
    case goroutine
    /// The task that wrote the call wrote the answer, or one that it was made for did.
    case task
    /// Values of the request reappear in the call.
    case values
    /// Learned delays, counts and order of the calls that requests make, over all that were under way.
    case timing
}

/// Linked exchanges on their way to Bridge, with the arena their fields lie in. A value: whoever holds it owns it. It
/// crosses from the capture thread to Bridge's by a bounded queue and comes back, emptied, to be filled again.
public struct LinkedBatch: Sendable {
    /// Exchanges, in an order in which parents come first.
    public var exchanges: [LinkedExchange] = []
    /// The fields of ``exchanges``.
    public var fields = FieldBuffer()
    /// What to add to the exchanges' times to get the wall clock, ns since 1970; 0 in a replay.
    public var wallClockOffset: Int64 = 0
    /// Processes that ended: nothing new will be asked of them, what they left may still be under way.
    public var exitedProcesses: [ProcessKey] = []
    /// Processes that replaced their program: what is known of their identity is void from now on.
    public var replacedProcesses: [ProcessKey] = []

    /// An empty batch.
    public init() {}

    /// Whether there is nothing in it.
    public var isEmpty: Bool { exchanges.isEmpty && exitedProcesses.isEmpty && replacedProcesses.isEmpty }

    /// Forgets everything and keeps the memory.
    public mutating func removeAll() {
        exchanges.removeAll(keepingCapacity: true)
        fields.removeAll()
        exitedProcesses.removeAll(keepingCapacity: true)
        replacedProcesses.removeAll(keepingCapacity: true)
    }
}
