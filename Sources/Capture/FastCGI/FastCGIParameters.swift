/// A request's parameters: names and values, each with its length in one byte or, when the first bit is set, in four
/// (FastCGI 1.0, 3.4), cut over records and calls as it pleases the sender. Only a pair that is cut is copied.
struct FastCGIParameters {
    /// Longest pair that is put together, bytes; longer ones are passed over.
    private static let longest = 16 << 10
    /// Memory that is kept for the next request.
    private static let retained = 1024

    private let kept = KeptBytes()
    private var reserved = 0
    private var skipping: UInt64 = 0
    /// Whether bytes are missing where a pair may have begun: nothing more can be read.
    private(set) var isLost = false

    /// Takes bytes; calls `pair` with each name and its value.
    mutating func take(
        _ bytes: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable,
        _ pair: (UnsafeRawBufferPointer, UnsafeRawBufferPointer, inout ExchangeTable) -> Void
    ) {
        guard !isLost else { return }
        var rest = bytes
        while !rest.isEmpty {
            if skipping > 0 {
                let count = Int(min(skipping, UInt64(rest.count)))
                skipping -= UInt64(count)
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            } else if kept.count > 0 {
                complete(&rest, in: &exchanges, pair)
            } else if let lengths = Lengths(rest), lengths.total <= rest.count {
                lengths.split(rest) { pair($0, $1, &exchanges) }
                rest = UnsafeRawBufferPointer(rebasing: rest[lengths.total...])
            } else {
                keep(&rest, Lengths(rest).map { min($0.total, rest.count) } ?? rest.count, in: &exchanges)
            }
        }
    }

    /// Passes over bytes of which only the number is known.
    mutating func skip(_ count: UInt64, in exchanges: inout ExchangeTable) {
        guard !isLost, count > 0 else { return }
        var left = skipping
        if left == 0, kept.count > 0, let lengths = Lengths(kept.bytes) { left = UInt64(lengths.total - kept.count) }
        clear(in: &exchanges)
        if count <= left { skipping = left - count } else { isLost = true }
    }

    /// Forgets what was kept; the next request's parameters begin.
    mutating func restart(in exchanges: inout ExchangeTable) {
        clear(in: &exchanges)
        skipping = 0
        isLost = false
    }

    private mutating func clear(in exchanges: inout ExchangeTable) {
        kept.clear(retaining: FastCGIParameters.retained)
        exchanges.unreserve(reserved)
        reserved = 0
    }

    /// Adds to the pair that is being put together.
    private mutating func complete(
        _ rest: inout UnsafeRawBufferPointer, in exchanges: inout ExchangeTable,
        _ pair: (UnsafeRawBufferPointer, UnsafeRawBufferPointer, inout ExchangeTable) -> Void
    ) {
        guard let lengths = Lengths(kept.bytes) else { return keep(&rest, 1, in: &exchanges) }
        guard lengths.total <= FastCGIParameters.longest else {
            exchanges.count(.fieldCut)
            skipping = UInt64(lengths.total - kept.count)
            return clear(in: &exchanges)
        }
        if kept.count < lengths.total { keep(&rest, min(lengths.total - kept.count, rest.count), in: &exchanges) }
        guard kept.count == lengths.total else { return }
        lengths.split(kept.bytes) { pair($0, $1, &exchanges) }
        clear(in: &exchanges)
    }

    private mutating func keep(_ rest: inout UnsafeRawBufferPointer, _ count: Int, in exchanges: inout ExchangeTable) {
        // What there is no memory for cannot be read, nor anything behind it.
        guard kept.count + count <= 2 * FastCGIParameters.longest || Lengths(kept.bytes) == nil,
            exchanges.reserve(min(count, FastCGIParameters.longest))
        else {
            exchanges.count(.fieldCut)
            clear(in: &exchanges)
            isLost = true
            rest = UnsafeRawBufferPointer(rebasing: rest[rest.count...])
            return
        }
        let number = min(count, FastCGIParameters.longest)
        reserved += number
        kept.append(UnsafeRawBufferPointer(rebasing: rest[..<number]))
        rest = UnsafeRawBufferPointer(rebasing: rest[number...])
    }

    /// The lengths at the start of a pair.
    private struct Lengths {
        var header: Int
        var name: Int
        var value: Int
        var total: Int { header + name + value }

        /// Reads them; nil when there are too few bytes.
        init?(_ bytes: UnsafeRawBufferPointer) {
            guard let (name, first) = Lengths.length(bytes, at: 0), let (value, end) = Lengths.length(bytes, at: first)
            else { return nil }
            (self.name, self.value, header) = (name, value, end)
        }

        func split(
            _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void
        ) {
            body(
                UnsafeRawBufferPointer(rebasing: bytes[header..<(header + name)]),
                UnsafeRawBufferPointer(rebasing: bytes[(header + name)..<total]))
        }

        private static func length(_ bytes: UnsafeRawBufferPointer, at index: Int) -> (Int, Int)? {
            guard index < bytes.count else { return nil }
            if bytes[index] < 0x80 { return (Int(bytes[index]), index + 1) }
            guard index + 4 <= bytes.count else { return nil }
            let word = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self))
            return (Int(word & 0x7FFF_FFFF), index + 4)
        }
    }
}
