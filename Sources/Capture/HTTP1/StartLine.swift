/// The first line of a request: `GET /path HTTP/1.1`. Parts are borrowed from the line.
struct RequestLine {
    /// The method.
    var method: UnsafeRawBufferPointer
    /// The target.
    var target: UnsafeRawBufferPointer
    /// As `1.1`; empty when the line was cut before it.
    var version: UnsafeRawBufferPointer

    /// Longest method that is taken for one, bytes.
    static let longestMethod = 32

    /// Reads a line, without its end.
    ///
    /// - Parameter isCut: whether only its beginning is known; then the version is missing.
    init?(_ line: UnsafeRawBufferPointer, isCut: Bool) {
        let line = trimmed(line)
        guard let space = line.prefix(RequestLine.longestMethod + 1).firstIndex(of: 0x20), space > 0,
            line[0..<space].allSatisfy(isTokenByte)
        else { return nil }
        method = UnsafeRawBufferPointer(rebasing: line[0..<space])
        if isCut {
            let rest = trimmed(UnsafeRawBufferPointer(rebasing: line[(space + 1)...]))
            target = UnsafeRawBufferPointer(rebasing: rest[..<(rest.firstIndex(of: 0x20) ?? rest.count)])
            version = UnsafeRawBufferPointer(rebasing: line[0..<0])
        } else {
            guard line.count >= space + 10, line[line.count - 9] == 0x20,
                let version = httpVersion(line, at: line.count - 8)
            else { return nil }
            self.version = version
            target = trimmed(UnsafeRawBufferPointer(rebasing: line[(space + 1)..<(line.count - 9)]))
        }
        guard !target.isEmpty else { return nil }
    }
}

/// The first line of a response: `HTTP/1.1 200 OK`.
struct StatusLine {
    /// 100...999.
    var status: Int32

    /// Reads a line, without its end. Its first 12 bytes are enough.
    init?(_ line: UnsafeRawBufferPointer) {
        guard line.count >= 12, httpVersion(line, at: 0) != nil, line[8] == 0x20,
            line.count == 12 || line[12] == 0x20 || line[12] == 0x0D
        else { return nil }
        var status: Int32 = 0
        for index in 9..<12 {
            guard line[index] &- 0x30 < 10 else { return nil }
            status = status * 10 + Int32(line[index] - 0x30)
        }
        guard status >= 100 else { return nil }
        self.status = status
    }
}

/// The `1.x` of `HTTP/1.x` at a place; nil when something else stands there.
private func httpVersion(_ line: UnsafeRawBufferPointer, at place: Int) -> UnsafeRawBufferPointer? {
    let prefix: StaticString = "HTTP/1."
    guard line.count >= place + 8, line[place + 7] &- 0x30 < 10 else { return nil }
    for index in 0..<7 where line[place + index] != prefix.utf8Start[index] { return nil }
    return UnsafeRawBufferPointer(rebasing: line[(place + 5)..<(place + 8)])
}

/// Whether a byte may stand in a token (RFC 9110, 5.6.2).
func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0x21, 0x23, 0x24, 0x25, 0x26, 0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: true
    default: false
    }
}
