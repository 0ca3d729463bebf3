import Glibc

/// Cuts a head into its lines, however they are split over calls. A line that lies whole in the bytes at hand is not
/// copied; others are put together here, folded ones (RFC 9112, 5.2) as well.
struct HTTP1LineBuffer {
    /// What the bytes at hand gave.
    enum Line {
        /// No end of a line; all bytes were kept.
        case none
        /// A line, without its end.
        case whole(UnsafeRawBufferPointer)
        /// A line that is in ``kept``; call ``clear(in:)`` when done with it.
        case kept
        /// The empty line that ends the head.
        case blank
    }

    /// Memory beyond which the buffer is given back after use.
    private static let retained = 2048

    /// The bytes of the line that is being put together, without its end.
    private(set) var kept: [UInt8] = []
    /// Whether the line was longer than its limit, and ``kept`` is only its beginning.
    private(set) var isCut = false
    /// Whether ``kept`` has the whole line: its end was seen, but not whether the next one continues it.
    private(set) var hasEnded = false
    private var isGathering = false
    private var reserved = 0

    /// Takes bytes off the front of `bytes`, up to the end of a line.
    mutating func next(
        _ bytes: inout UnsafeRawBufferPointer, limit: Int, in exchanges: inout ExchangeTable
    ) -> Line {
        while let first = bytes.first {
            if hasEnded {
                guard first == 0x20 || first == 0x09 else { return .kept }
                hasEnded = false
                gather(UnsafeRawBufferPointer(start: bytes.baseAddress, count: 1), limit: limit, in: &exchanges)
                bytes = UnsafeRawBufferPointer(rebasing: bytes[1...])
                continue
            }
            guard let end = HTTP1LineBuffer.lineFeed(in: bytes) else {
                gather(bytes, limit: limit, in: &exchanges)
                bytes = UnsafeRawBufferPointer(rebasing: bytes[bytes.count...])
                return .none
            }
            var line = UnsafeRawBufferPointer(rebasing: bytes[0..<end])
            let behind = UnsafeRawBufferPointer(rebasing: bytes[(end + 1)...])
            if line.last == 0x0D { line = UnsafeRawBufferPointer(rebasing: line.dropLast()) }
            bytes = behind
            if !isGathering {
                if line.isEmpty { return .blank }
                if let next = behind.first, next != 0x20, next != 0x09 { return .whole(line) }
            }
            gather(line, limit: limit, in: &exchanges)
            if kept.last == 0x0D, line.isEmpty { kept.removeLast() }
            if kept.isEmpty {
                clear(in: &exchanges)
                return .blank
            }
            hasEnded = true
        }
        return .none
    }

    /// Forgets the line that was kept.
    mutating func clear(in exchanges: inout ExchangeTable) {
        exchanges.unreserve(reserved)
        reserved = 0
        isGathering = false
        hasEnded = false
        isCut = false
        if kept.capacity > HTTP1LineBuffer.retained { kept = [] } else { kept.removeAll(keepingCapacity: true) }
    }

    private mutating func gather(
        _ bytes: UnsafeRawBufferPointer, limit: Int, in exchanges: inout ExchangeTable
    ) {
        isGathering = true
        let count = min(bytes.count, limit - kept.count)
        if count < bytes.count { isCut = true }
        guard count > 0 else { return }
        guard exchanges.reserve(count) else {
            isCut = true
            return
        }
        reserved += count
        kept.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[0..<count]))
    }

    private static func lineFeed(in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let base = bytes.baseAddress, let found = memchr(base, 0x0A, bytes.count) else { return nil }
        return UnsafeRawPointer(found) - base
    }
}
