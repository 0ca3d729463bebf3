internal import Capture
internal import OTLP

/// A span of a trace, by what a context says.
struct SpanKey: Hashable {
    var trace: TraceID
    var span: UInt64
}

/// Ends of ours that received a request or a message: among them is looked for the one that a span of an SDK is about.
/// A ring, so that the oldest make room; everything else finds into it.
struct ReceivingEnds {
    /// One of them.
    struct Entry {
        /// Which end.
        var end: ExchangeEnd
        /// The context it received; span 0 if none.
        var key: SpanKey
        /// The span of ours, and the trace it was given.
        var spanID: UInt64
        var trace: TraceID
        /// What it hangs from.
        var parentSpanID: UInt64
        /// How sure it is that it belongs into its trace.
        var certainty: Double
        /// Whether the trace is recorded.
        var isSampled: Bool
        /// Whether it got messages rather than a call.
        var isConsumer: Bool
        /// Whether it is a client's end that passed the context on, rather than one that received it.
        var isForwarding: Bool
        /// Whether it is a client's end below the span that its context names.
        var isCaller = false
        /// Whose it is.
        var process: ProcessIdentity
        /// The port of the connection's other end.
        var peerPort: UInt16
        /// ``RequestSignature``, 0 where it has none.
        var signature: UInt64
        /// When it began and ended, ns of the source's clock; the latter .max while it is open.
        var start: UInt64
        var finish = UInt64.max
        /// The one before it of the same key, of the same port, of the same signature.
        var previousOfKey = ReceivingEnds.none
        var previousOfPort = ReceivingEnds.none
        var previousOfSignature = ReceivingEnds.none

        /// Whether its span was left out under overload (``Merger/leaveOut(_:)``): ``spanID`` is of the one above it.
        var isLeftOut: Bool { spanID == parentSpanID }
    }

    /// A port or a signature, and the second in which something began: busy ones have very many entries.
    private struct Moment<Key: Hashable & Sendable>: Hashable {
        var key: Key
        var second: UInt64

        init(_ key: Key, _ time: UInt64) {
            self.key = key
            second = time >> 30
        }
    }

    /// Names no entry.
    static let none = UInt64.max
    /// Most entries that are looked at of one key, and of one port or signature in each second.
    static let maximumLook = 64

    private let capacity: Int
    private var ring: [Entry] = []
    /// How many there have been: an entry's number is its place in this order.
    private var next: UInt64 = 0
    private var byKey: [SpanKey: UInt64] = [:]
    private var byPort: [Moment<UInt16>: UInt64] = [:]
    private var bySignature: [Moment<UInt64>: UInt64] = [:]

    /// - Parameter capacity: most that are remembered.
    init(capacity: Int) { self.capacity = max(capacity, 1) }

    /// Remembers one and gives its number.
    mutating func append(_ entry: Entry) -> UInt64 {
        var entry = entry
        let number = next
        next &+= 1
        if ring.count == capacity { forget(ring[Int(number % UInt64(capacity))], number &- UInt64(capacity)) }
        if entry.key.span != 0 {
            entry.previousOfKey = byKey.updateValue(number, forKey: entry.key) ?? ReceivingEnds.none
        }
        if !entry.isForwarding, !entry.isCaller {
            let port = Moment(entry.peerPort, entry.start)
            entry.previousOfPort = byPort.updateValue(number, forKey: port) ?? ReceivingEnds.none
            if entry.signature != 0 {
                let signature = Moment(entry.signature, entry.start)
                entry.previousOfSignature = bySignature.updateValue(number, forKey: signature) ?? ReceivingEnds.none
            }
        }
        if ring.count < capacity { ring.append(entry) } else { ring[Int(number % UInt64(capacity))] = entry }
        return number
    }

    /// Changes one that is still remembered.
    mutating func update(_ number: UInt64, _ body: (inout Entry) -> Void) {
        guard isKnown(number) else { return }
        body(&ring[Int(number % UInt64(capacity))])
    }

    /// Calls with each that received a context, the latest first.
    func forEach(of key: SpanKey, _ body: (Entry) -> Void) {
        walk(byKey[key], \.previousOfKey) { if $0.key == key { body($0) } }
    }

    /// Calls with each that a connection from a port led to about a moment (ns of the source's clock): within its second and
    /// those beside it.
    func forEach(from port: UInt16, about time: UInt64, _ body: (Entry) -> Void) {
        for second in ReceivingEnds.seconds(about: time) {
            walk(byPort[Moment(port, second)], \.previousOfPort) { if $0.peerPort == port { body($0) } }
        }
    }

    /// Calls with each that was asked for the same about a moment, likewise.
    func forEach(signature: UInt64, about time: UInt64, _ body: (Entry) -> Void) {
        for second in ReceivingEnds.seconds(about: time) {
            walk(bySignature[Moment(signature, second)], \.previousOfSignature) {
                if $0.signature == signature { body($0) }
            }
        }
    }

    private static func seconds(about time: UInt64) -> [UInt64] {
        [time &+ 1 << 30, time, time &- 1 << 30]
    }

    private func walk(_ first: UInt64?, _ previous: KeyPath<Entry, UInt64>, _ body: (Entry) -> Void) {
        var number = first ?? ReceivingEnds.none
        var left = ReceivingEnds.maximumLook
        while left > 0, isKnown(number) {
            let entry = ring[Int(number % UInt64(capacity))]
            body(entry)
            number = entry[keyPath: previous]
            left -= 1
        }
    }

    private func isKnown(_ number: UInt64) -> Bool {
        number < next && next &- number <= UInt64(ring.count)
    }

    private mutating func forget(_ entry: Entry, _ number: UInt64) {
        if byKey[entry.key] == number { byKey[entry.key] = nil }
        let (port, signature) = (Moment(entry.peerPort, entry.start), Moment(entry.signature, entry.start))
        if byPort[port] == number { byPort[port] = nil }
        if bySignature[signature] == number { bySignature[signature] = nil }
    }
}
