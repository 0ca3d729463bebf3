/// Where observations come from: the live kernel or a capture file. Everything after Capture cannot tell them apart.
///
/// Used by one thread.
public protocol CaptureSource: ~Copyable {
    /// Waits a moment for something to happen (a file never waits), then adds all of it to the batch and sets the
    /// batch's watermark and clock offset.
    ///
    /// - Returns: false when nothing more will ever come: a file's end.
    /// - Throws: ``CaptureError`` when the source failed for good.
    mutating func fill(_ batch: inout ObservationBatch) throws(CaptureError) -> Bool

    /// Closes every exchange that is still open as ``Outcome/captureEnded``, or as what else is known of its end.
    mutating func finish(_ batch: inout ObservationBatch)

    /// What was seen and what was lost so far.
    var counters: CaptureCounters { get }
}

/// Why capturing is not possible, in one line that says what to do.
public struct CaptureError: Error, CustomStringConvertible, Sendable {
    /// One line: what is wrong and what to do about it.
    public var description: String

    /// An error.
    public init(_ description: String) { self.description = description }
}

/// What Capture counted since it began; grows only.
public struct CaptureCounters: Sendable {
    /// Events that the kernel programs were called for and did not filter; segments in a replay.
    public var hooked: UInt64 = 0
    /// Records that the kernel programs handed over.
    public var submitted: UInt64 = 0
    /// Records that were read.
    public var consumed: UInt64 = 0
    /// Ends of exchanges that were opened.
    public var opened: UInt64 = 0
    /// Ends of exchanges that were closed.
    public var closed: UInt64 = 0
    /// Ends of exchanges that were never opened, since they are of interest only when they fail, and did not.
    public var passedOver: UInt64 = 0
    /// Calls that the kernel programs left out: of processes that are not selected, of those nobody has judged yet, and in
    /// other network namespaces than the one that is watched.
    public var filtered = FilterCounters()
    /// Connections known at the moment.
    public var connections: UInt64 = 0
    /// How often a connection was recognised as one of a protocol; one may change to another.
    public var recognised = ProtocolCounters()
    /// What was not seen, by reason.
    public var losses = LossCounters()
    /// Connections that were left out because more happened than could be read.
    public var shedding = SheddingCounters()

    /// Nothing yet.
    public init() {}
}

/// What the kernel programs were called for and did not record, by why.
public struct FilterCounters: Sendable, Equatable {
    /// Calls of processes that are not selected.
    public var unselected: UInt64 = 0
    /// Calls of processes that nobody has judged yet.
    public var unjudged: UInt64 = 0
    /// Questions about processes for which there was no room; they are asked again.
    public var unasked: UInt64 = 0
    /// Calls in other network namespaces than the one that is watched.
    public var outOfScope: UInt64 = 0

    /// Nothing yet.
    public init() {}
}

/// What was left out under overload, besides the calls, which are a loss (``LossReason/shed``).
public struct SheddingCounters: Sendable, Equatable {
    /// How often an end of a connection began to be left out.
    public var connections: UInt64 = 0
    /// Ends of exchanges that were cut by it, or began before both ends were sure to be seen again. They are among those
    /// that were closed.
    public var exchanges: UInt64 = 0
    /// Records that were read of connections that had been left out by then.
    public var records: UInt64 = 0
    /// The part of all connections that is left out at the moment, 0...1.
    public var share = 0.0

    /// Nothing yet.
    public init() {}
}

/// A counter for each ``LossReason``.
public struct LossCounters: Sendable {
    private var counts = [UInt64](repeating: 0, count: LossReason.allCases.count)

    /// All zero.
    public init() {}

    /// How much was lost for a reason.
    public subscript(reason: LossReason) -> UInt64 {
        get { counts[Int(reason.rawValue)] }
        set { counts[Int(reason.rawValue)] = newValue }
    }

    /// Whether anything was lost that a complete capture would have had.
    public var isZero: Bool { counts.allSatisfy { $0 == 0 } }
}

/// What to capture, and how.
public struct CaptureOptions: Sendable {
    /// Which way of hooking to use.
    public enum Hook: String, Sendable, CaseIterable {
        /// The best that this kernel has.
        case auto
        /// `tp_btf/sock_send_length` and `tp_btf/sock_recv_length`: 6.3 and later.
        case sock
        /// `fexit` of the protocols' send and receive functions, where trampolines are allowed.
        case fexit
        /// `tp_btf/sys_exit`.
        case syscall
    }

    /// Which way of hooking to use.
    public var hook = Hook.auto
    /// Most bytes of one call that leave the kernel; 0 is lengths only. 0...65536.
    public var payloadLimit: UInt32 = 4096
    /// Bytes of all rings together.
    public var ringBufferSize: UInt64 = 8 << 20
    /// Watch this network namespace (its inode) alone; nil for all.
    public var networkNamespace: UInt32?
    /// Where we listen already when programs are attached: what comes there is our own, at both ends. They see by themselves
    /// where we begin to listen later.
    public var ownListeners: [Endpoint] = []
    /// Who says which processes are watched, live; nil: all in scope but ourselves.
    public var judge: (any ProcessJudge)?
    /// Which headers of a request are handed on.
    public var headers = HeaderSelection()
    /// Which values of a request are handed on, as hashes.
    public var values = ValueSelection()
    /// Replay: networks whose hosts were observed, besides those that the file names.
    public var localNetworks: [Network] = []
    /// Most connections that are followed at once; the one idle for longest makes room.
    public var maximumConnections = 65_536
    /// Most bytes of a message's head that are kept while it is incomplete.
    public var maximumHead = 65_536

    /// The defaults.
    public init() {}
}

/// Headers that are handed on as fields, by lower-case name. Method, target, host and their like are always handed on.
public struct HeaderSelection: Sendable {
    /// Names, in lower case, of headers handed on as ``FieldKey/context``.
    public var contexts: Set<String> = []
    /// Names, in lower case, of headers handed on as ``FieldKey/requestID``.
    public var requestIDs: Set<String> = []
    /// Names, in lower case, of headers handed on as ``FieldKey/header``.
    public var others: Set<String> = []

    /// None.
    public init() {}
}

/// An address range (CIDR).
public struct Network: Hashable, Sendable {
    /// An address in it; its port is 0.
    public var address: Endpoint
    /// How many leading bits must be equal: 0...32 for IPv4, 0...128 for IPv6.
    public var prefix: Int

    /// A range.
    public init(address: Endpoint, prefix: Int) {
        self.address = address
        self.prefix = prefix
    }

    /// Whether an address lies in it.
    public func contains(_ other: Endpoint) -> Bool {
        guard other.family == address.family else { return false }
        let first = prefix >= 64 ? UInt64.max : prefix == 0 ? 0 : ~(UInt64.max >> UInt64(prefix))
        let second = prefix <= 64 ? 0 : prefix >= 128 ? UInt64.max : ~(UInt64.max >> UInt64(prefix - 64))
        return (other.high ^ address.high) & first == 0 && (other.low ^ address.low) & second == 0
    }
}
