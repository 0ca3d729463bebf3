/// How long a message is, by its first bytes.
enum MessageLength: Equatable {
    /// So many bytes, counted from its first, are needed to tell.
    case needs(Int)
    /// So many bytes in all, those that tell it included; never fewer than those.
    case total(UInt64)
    /// No message begins so.
    case invalid
}

/// One side of a connection cut into messages that tell their length in their first bytes (or in the bytes at hand: a
/// protocol may answer ``MessageLength/needs(_:)`` until it has found an end).
///
/// A message comes as a ``Head`` with its first bytes, at most ``limit`` of them, then as an ``End``. What lies in one
/// call is lent from there; only what is cut over several is copied. Of a longer message the rest is passed over by its
/// length, known or not, so that framing survives whatever is left out of a body; the last bytes are kept where they are
/// wanted and known.
struct MessageCutter {
    /// What became of the bytes.
    enum Event {
        /// All were taken.
        case more
        /// A message's first bytes are there.
        case head(Head)
        /// The message ended.
        case end(End)
        /// The place is lost: no message begins here, or bytes are missing where one may have begun. Until
        /// ``MessageCutter/restart()`` nothing is taken.
        case lost
    }

    /// The beginning of a message. Bytes are borrowed until the next call.
    struct Head {
        /// The first bytes: all of the message, or ``MessageCutter/limit``, or up to where some are missing.
        var bytes: UnsafeRawBufferPointer
        /// Bytes of the whole message.
        var length: UInt64
        /// Offset of its first byte in its direction.
        var offset: UInt64
        /// Where its first byte moved.
        var start: ExecutionPoint
        /// Whether ``bytes`` is all of it.
        var isWhole: Bool { UInt64(bytes.count) == length }
    }

    /// The end of a message. Bytes are borrowed until the next call.
    struct End {
        /// The last bytes of a message whose head was not all of it, as far as they are known and were wanted; none of
        /// them is in the head.
        var tail: UnsafeRawBufferPointer
        /// Whether every byte was seen, kept or not.
        var isComplete: Bool
    }

    private enum State {
        /// Its length is being read.
        case length
        /// Its head is being gathered.
        case gathering(length: UInt64)
        /// The head has been told of; so many bytes are left.
        case passing(left: UInt64)
        /// The place is not known.
        case lost
    }

    /// Most first bytes of a message that are gathered.
    let limit: Int
    /// Most last bytes of a longer one that are kept.
    let tailLimit: Int
    private var state: State
    private let kept = KeptBytes()
    private let last = KeptBytes()
    private var reserved = 0
    private var reservedForLast = 0
    private var offset: UInt64 = 0
    private var start = ExecutionPoint(time: 0)
    private var missing: UInt64 = 0
    private var isComplete = true
    private var isClearing = false

    /// Memory that is kept for the next message.
    private static let retained = 1024

    /// A cutter.
    ///
    /// - Parameters:
    ///   - atStart: whether the next byte begins a message; else it waits for ``restart()``.
    ///   - limit: most first bytes of a message that are gathered; at least what its length needs.
    ///   - tailLimit: most last bytes of a longer one that are kept.
    init(atStart: Bool, limit: Int, tailLimit: Int = 0) {
        state = atStart ? .length : .lost
        self.limit = limit
        self.tailLimit = tailLimit
    }

    /// Whether it waits for ``restart()``.
    var isLost: Bool { if case .lost = state { true } else { false } }

    /// Whether the next byte begins a message.
    var isAtStart: Bool {
        if case .length = state { (kept.count == 0 || isClearing) && missing == 0 } else { false }
    }

    /// Whether a message's first bytes are there and its head has not been told of.
    var isGathering: Bool {
        switch state {
        case .length: kept.count > 0 && !isClearing
        case .gathering: true
        case .passing, .lost: false
        }
    }

    /// The next byte begins a message.
    mutating func restart(in exchanges: inout ExchangeTable) {
        reset(in: &exchanges)
        state = .length
        missing = 0
    }

    /// The place is lost, for the parser says so.
    mutating func lose(in exchanges: inout ExchangeTable) {
        reset(in: &exchanges)
        state = .lost
        missing = 0
    }

    /// Bytes of which only the number is known come next. Call ``next(_:at:in:_:)`` until it wants more, before any others.
    mutating func skip(_ count: UInt64) { missing &+= count }

    /// How many of the bytes that come next are missing where a message begins. A parser that knows the length of that
    /// message all the same says so with ``assume(_:)``; else the place is lost.
    var missingAtStart: UInt64 {
        if case .length = state, kept.count == 0 || isClearing { missing } else { 0 }
    }

    /// The message that begins with the missing bytes is so long: it is passed over and comes as an end without a head.
    mutating func assume(_ length: UInt64, in exchanges: inout ExchangeTable) {
        reset(in: &exchanges)
        isComplete = false
        state = .passing(left: length)
    }

    /// Takes bytes off the front of `bytes`.
    ///
    /// - Parameters:
    ///   - offset: of the first of them, in their direction.
    ///   - measure: tells a message's length by its first bytes; called again with more of them where it needs more.
    mutating func next(
        _ bytes: inout UnsafeRawBufferPointer, at offset: UInt64, in exchanges: inout ExchangeTable,
        _ measure: (UnsafeRawBufferPointer) -> MessageLength
    ) -> Event {
        if isClearing { reset(in: &exchanges) }
        switch state {
        case .lost:
            missing = 0
            bytes = UnsafeRawBufferPointer(rebasing: bytes[bytes.count...])
            return .more
        case .length: return measured(&bytes, at: offset, in: &exchanges, measure)
        case .gathering(let length): return gathered(&bytes, length, in: &exchanges)
        case .passing(let left): return passed(&bytes, left, in: &exchanges)
        }
    }

    // MARK: Inside

    private mutating func measured(
        _ bytes: inout UnsafeRawBufferPointer, at offset: UInt64, in exchanges: inout ExchangeTable,
        _ measure: (UnsafeRawBufferPointer) -> MessageLength
    ) -> Event {
        guard missing == 0 else { return failed(in: &exchanges) }
        guard !bytes.isEmpty else { return .more }
        if kept.count == 0 {
            self.offset = offset
            start = exchanges.context.point
            isComplete = true
            switch measure(bytes) {
            case .total(let length) where length >= 1 && length <= UInt64(bytes.count) && length <= UInt64(limit):
                // The most frequent: all of it is here.
                let head = UnsafeRawBufferPointer(rebasing: bytes[..<Int(length)])
                bytes = UnsafeRawBufferPointer(rebasing: bytes[Int(length)...])
                state = .passing(left: 0)
                return .head(Head(bytes: head, length: length, offset: offset, start: start))
            case .total(let length) where length >= 1:
                state = .gathering(length: length)
                return gathered(&bytes, length, in: &exchanges)
            case .total, .invalid: return failed(in: &exchanges)
            case .needs(let count):
                guard count > bytes.count, count <= limit else { return failed(in: &exchanges) }
                return keep(&bytes, bytes.count, in: &exchanges) ? .more : failed(in: &exchanges)
            }
        }
        // The length is cut over several calls: as few bytes as it needs are added each time.
        while true {
            switch measure(kept.bytes) {
            case .total(let length) where length >= UInt64(kept.count):
                state = .gathering(length: length)
                return gathered(&bytes, length, in: &exchanges)
            case .total, .invalid: return failed(in: &exchanges)
            case .needs(let count):
                guard count > kept.count, count <= limit else { return failed(in: &exchanges) }
                guard !bytes.isEmpty else { return .more }
                guard keep(&bytes, min(count - kept.count, bytes.count), in: &exchanges) else {
                    return failed(in: &exchanges)
                }
            }
        }
    }

    private mutating func gathered(
        _ bytes: inout UnsafeRawBufferPointer, _ length: UInt64, in exchanges: inout ExchangeTable
    ) -> Event {
        let wanted = Int(min(length, UInt64(limit)))
        if kept.count < wanted, missing == 0 {
            if kept.count == 0, bytes.count >= wanted {
                let head = UnsafeRawBufferPointer(rebasing: bytes[..<wanted])
                bytes = UnsafeRawBufferPointer(rebasing: bytes[wanted...])
                state = .passing(left: length - UInt64(wanted))
                return .head(Head(bytes: head, length: length, offset: offset, start: start))
            }
            guard !bytes.isEmpty else { return .more }
            if keep(&bytes, min(wanted - kept.count, bytes.count), in: &exchanges), kept.count < wanted {
                return .more
            }
        }
        // All that is wanted, or all that will come: bytes are missing behind it, or there was no memory.
        state = .passing(left: length - UInt64(kept.count))
        return .head(Head(bytes: kept.bytes, length: length, offset: offset, start: start))
    }

    private mutating func passed(
        _ bytes: inout UnsafeRawBufferPointer, _ left: UInt64, in exchanges: inout ExchangeTable
    ) -> Event {
        var left = left
        if missing > 0 {
            // What reaches beyond the message is for whatever comes next, which cannot be told then.
            let skipped = min(missing, left)
            left -= skipped
            missing -= skipped
            isComplete = false
            last.clear(retaining: MessageCutter.retained)
        }
        let count = Int(min(left, UInt64(bytes.count)))
        if count > 0 {
            if tailLimit > 0 { remember(UnsafeRawBufferPointer(rebasing: bytes[..<count]), in: &exchanges) }
            bytes = UnsafeRawBufferPointer(rebasing: bytes[count...])
            left -= UInt64(count)
        }
        guard left == 0 else {
            state = .passing(left: left)
            return .more
        }
        state = .length
        isClearing = true
        last.keepLast(tailLimit)
        return .end(End(tail: last.bytes, isComplete: isComplete))
    }

    private mutating func remember(_ bytes: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        let most = 2 * tailLimit
        if bytes.count >= most || last.count + bytes.count > most { last.keepLast(max(tailLimit - bytes.count, 0)) }
        let new = bytes.suffix(most)
        let growth = last.count + new.count > reservedForLast ? last.count + new.count - reservedForLast : 0
        guard exchanges.reserve(growth) else {
            last.clear(retaining: 0)
            return
        }
        reservedForLast += growth
        last.append(UnsafeRawBufferPointer(rebasing: new))
    }

    private mutating func keep(
        _ bytes: inout UnsafeRawBufferPointer, _ count: Int, in exchanges: inout ExchangeTable
    ) -> Bool {
        guard exchanges.reserve(count) else { return false }
        reserved += count
        kept.append(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
        bytes = UnsafeRawBufferPointer(rebasing: bytes[count...])
        return true
    }

    private mutating func failed(in exchanges: inout ExchangeTable) -> Event {
        lose(in: &exchanges)
        return .lost
    }

    private mutating func reset(in exchanges: inout ExchangeTable) {
        isClearing = false
        kept.clear(retaining: MessageCutter.retained)
        last.clear(retaining: MessageCutter.retained)
        exchanges.unreserve(reserved + reservedForLast)
        (reserved, reservedForLast) = (0, 0)
    }
}
