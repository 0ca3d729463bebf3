import Glibc

/// One side of a connection that speaks Memcached's text protocol, cut into lines and the values that follow some of them.
struct MemcachedReader {
    /// What became of the bytes.
    enum Event {
        /// All were taken.
        case more
        /// A line, without its end; of a long one that was cut over several calls only the beginning. Borrowed.
        case line(UnsafeRawBufferPointer, isCut: Bool)
        /// The value that was expected has passed.
        case value
        /// The place is lost; until ``restart(in:)`` nothing is taken.
        case lost
    }

    private enum State {
        case line
        case value(left: UInt64)
        case lost
    }

    /// Most bytes of a line that are kept.
    private static let limit = 1024
    /// Longest line: thousands of keys may be asked for at once.
    private static let longest = 1 << 20
    /// Longest value, bytes.
    private static let longestValue: UInt64 = 1100 << 20

    private var state: State
    private let kept = KeptBytes()
    private var reserved = 0
    private var lineLength = 0
    private var isClearing = false
    private var missing: UInt64 = 0

    /// A reader.
    init(atStart: Bool) { state = atStart ? .line : .lost }

    /// Whether it waits for ``restart(in:)``.
    var isLost: Bool { if case .lost = state { true } else { false } }

    /// Whether the next byte begins a line.
    var isAtLine: Bool { if case .line = state { lineLength == 0 && missing == 0 } else { false } }

    /// The next byte begins a line.
    mutating func restart(in exchanges: inout ExchangeTable) {
        lose(in: &exchanges)
        state = .line
    }

    /// The place is lost, for the parser says so, or the reader is not needed any more.
    mutating func lose(in exchanges: inout ExchangeTable) {
        clear(in: &exchanges)
        missing = 0
        state = .lost
    }

    /// What comes next is a value of so many bytes and the end of its line; false when that is too long.
    mutating func expect(_ count: UInt64) -> Bool {
        guard count <= MemcachedReader.longestValue else { return false }
        state = .value(left: count + 2)
        return true
    }

    /// Bytes of which only the number is known come next. Call ``next(_:in:)`` until it wants more, before any others.
    mutating func skip(_ count: UInt64) { missing &+= count }

    /// Takes bytes off the front of `bytes`.
    mutating func next(_ bytes: inout UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) -> Event {
        if isClearing { clear(in: &exchanges) }
        switch state {
        case .lost:
            missing = 0
            bytes = UnsafeRawBufferPointer(rebasing: bytes[bytes.count...])
            return .more
        case .line: return line(&bytes, in: &exchanges)
        case .value(var left):
            let skipped = min(missing, left)
            missing -= skipped
            left -= skipped
            let count = Int(min(left, UInt64(bytes.count)))
            // The two bytes behind a value are CR LF, or it was no value.
            for place in 0..<2 where left > UInt64(place) {
                let index = Int(clamping: left) - 1 - place
                if index < count, bytes[index] != (place == 0 ? 0x0A : 0x0D) { return failed(in: &exchanges) }
            }
            bytes = UnsafeRawBufferPointer(rebasing: bytes[count...])
            left -= UInt64(count)
            guard left == 0 else {
                state = .value(left: left)
                return .more
            }
            state = .line
            return .value
        }
    }

    private mutating func line(_ bytes: inout UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) -> Event {
        guard missing == 0 else { return failed(in: &exchanges) }
        guard let base = bytes.baseAddress, bytes.count > 0 else { return .more }
        guard let found = memchr(base, 0x0A, bytes.count) else {
            keep(bytes, in: &exchanges)
            bytes = UnsafeRawBufferPointer(rebasing: bytes[bytes.count...])
            return lineLength <= MemcachedReader.longest ? .more : failed(in: &exchanges)
        }
        let end = UnsafeRawPointer(found) - base
        let text = UnsafeRawBufferPointer(rebasing: bytes[..<end])
        bytes = UnsafeRawBufferPointer(rebasing: bytes[(end + 1)...])
        guard lineLength > 0 else { return .line(text, isCut: false) }
        keep(text, in: &exchanges)
        isClearing = true
        return .line(kept.bytes, isCut: kept.count < lineLength)
    }

    private mutating func keep(_ bytes: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        let isWhole = kept.count == lineLength
        lineLength += bytes.count
        let count = min(bytes.count, MemcachedReader.limit - kept.count)
        guard isWhole, count > 0, exchanges.reserve(count) else { return }
        reserved += count
        kept.append(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
    }

    private mutating func failed(in exchanges: inout ExchangeTable) -> Event {
        lose(in: &exchanges)
        return .lost
    }

    private mutating func clear(in exchanges: inout ExchangeTable) {
        isClearing = false
        lineLength = 0
        kept.clear(retaining: 256)
        exchanges.unreserve(reserved)
        reserved = 0
    }
}
