/// The header that an application's output begins with (RFC 3875, 6.3): read for its status and for the headers that are
/// handed on.
struct CGIHeader {
    /// Most bytes of a header; what is longer is none.
    private static let longest = 64 << 10
    /// Most bytes of a line that are kept.
    private static let longestLine = FieldBuffer.maximumValue + 512

    private enum State {
        case lines
        /// The header is over.
        case done
        /// Bytes of it are missing.
        case lost
    }

    private var state = State.lines
    private var buffer = HTTP1LineBuffer()
    private var length = 0
    private var given: Int32 = 0
    private var isRedirect = false

    /// Whether the header is over.
    var isDone: Bool { state == .done }
    /// Whether bytes of it are missing: its status is not known.
    var isLost: Bool { state == .lost }
    /// The status: the one that was given, else 302 for a redirect (6.2.3) and 200 for anything else.
    var status: Int32 { given > 0 ? given : isRedirect ? 302 : 200 }

    /// Bytes are missing.
    mutating func lose() { if !isDone { state = .lost } }

    /// Forgets everything and gives back what was reserved: another output begins.
    mutating func restart(in exchanges: inout ExchangeTable) {
        buffer.clear(in: &exchanges)
        (state, length, given, isRedirect) = (.lines, 0, 0, false)
    }

    /// Takes the header's bytes off the front of `bytes`; what is left belongs to the body.
    mutating func take(
        _ bytes: inout UnsafeRawBufferPointer, of handle: ExchangeHandle, in exchanges: inout ExchangeTable
    ) {
        let before = bytes.count
        while case .lines = state {
            switch buffer.next(&bytes, limit: CGIHeader.longestLine, in: &exchanges) {
            case .none:
                length += before
                if length > CGIHeader.longest { lose() }
                return
            case .whole(let line): self.line(line, isCut: false, of: handle, in: &exchanges)
            case .kept:
                // Taken out for the time, so that a line in it can be looked at while `self` changes.
                var kept = HTTP1LineBuffer()
                swap(&kept, &buffer)
                kept.kept.withUnsafeBytes { line($0, isCut: kept.isCut, of: handle, in: &exchanges) }
                kept.clear(in: &exchanges)
                swap(&kept, &buffer)
            case .blank: state = .done
            }
        }
    }

    private mutating func line(
        _ line: UnsafeRawBufferPointer, isCut: Bool, of handle: ExchangeHandle, in exchanges: inout ExchangeTable
    ) {
        guard let colon = line.firstIndex(of: 0x3A) else { return }
        let name = UnsafeRawBufferPointer(rebasing: line[..<colon])
        let value = trimmed(UnsafeRawBufferPointer(rebasing: line[(colon + 1)...]))
        if equals(name, "status") {
            if let number = CGIHeader.number(value) { given = number }
        } else if equals(name, "location") {
            isRedirect = true
        }
        guard !isCut else { return }
        let headers = exchanges.headers
        headers.match(name) { use in
            guard case .named(let key) = use else { return }
            exchanges.addResponseHeader(key, name: name, value: value, to: handle)
        }
    }

    /// The three digits that a status begins with.
    private static func number(_ value: UnsafeRawBufferPointer) -> Int32? {
        guard value.count >= 3, value.prefix(3).allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
        return value.prefix(3).reduce(0) { $0 * 10 + Int32($1 - 0x30) }
    }
}
