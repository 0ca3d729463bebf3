internal import Glibc

/// A request target (RFC 9112, section 3.2) in its parts. Views of the bytes it was made from.
struct RequestTarget {
    /// Scheme and authority of the absolute form; nil in the origin form.
    var origin: UnsafeRawBufferPointer?
    /// The path; `*` of OPTIONS and the authority of CONNECT count as one.
    var path: UnsafeRawBufferPointer
    /// What follows the question mark; nil without one.
    var query: UnsafeRawBufferPointer?

    init(_ target: UnsafeRawBufferPointer) {
        var rest = target[...]
        if let hash = RequestTarget.place(of: "#", in: rest) { rest = rest[..<hash] }
        if let colon = RequestTarget.place(of: ":", in: rest), RequestTarget.isScheme(rest[..<colon]),
            rest[colon...].starts(with: [UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "/")])
        {
            let authority = rest[(colon + 3)...]
            let end = authority.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? authority.endIndex
            origin = UnsafeRawBufferPointer(rebasing: rest[..<end])
            rest = rest[end...]
        }
        if let mark = RequestTarget.place(of: "?", in: rest) {
            query = UnsafeRawBufferPointer(rebasing: rest[(mark + 1)...])
            rest = rest[..<mark]
        }
        path = UnsafeRawBufferPointer(rebasing: rest)
    }

    /// Where a character is first.
    private static func place(of character: Unicode.Scalar, in bytes: Slice<UnsafeRawBufferPointer>) -> Int? {
        guard let base = bytes.base.baseAddress, !bytes.isEmpty else { return nil }
        let found = memchr(base + bytes.startIndex, Int32(character.value), bytes.count)
        return found.map { UnsafeRawPointer($0) - base }
    }

    /// A letter, then letters, digits, and `+`, `-`, `.` (RFC 3986, 3.1): a URL within a query is not the target's.
    private static func isScheme(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard let first = bytes.first, (0x61...0x7A).contains(first | 0x20) else { return false }
        return bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), 0x30...0x39: true
            default: (0x61...0x7A).contains(byte | 0x20)
            }
        }
    }
}

/// A host with an optional port, as in the Host header. Views of the bytes it was made from.
struct Authority {
    /// The host, without the brackets of an IPv6 address; empty when there is none.
    var host: UnsafeRawBufferPointer
    /// The port; nil when none is given or it is no number below 65,536.
    var port: UInt16?

    init(_ bytes: UnsafeRawBufferPointer) {
        var rest = Authority.withoutCredentials(bytes)[...]
        if rest.first == UInt8(ascii: "["), let close = rest.firstIndex(of: UInt8(ascii: "]")) {
            host = UnsafeRawBufferPointer(rebasing: rest[(rest.startIndex + 1)..<close])
            rest = rest[(close + 1)...]
        } else {
            let colon = rest.firstIndex(of: UInt8(ascii: ":")) ?? rest.endIndex
            host = UnsafeRawBufferPointer(rebasing: rest[..<colon])
            rest = rest[colon...]
        }
        guard rest.first == UInt8(ascii: ":"), rest.count > 1, rest.count <= 6 else { return }
        var number: UInt32 = 0
        for digit in rest.dropFirst() {
            guard (0x30...0x39).contains(digit) else { return }
            number = number * 10 + UInt32(digit - 0x30)
        }
        port = UInt16(exactly: number)
    }

    /// The host and port as they stand: an authority ends before the first slash, question mark or number sign (RFC 3986,
    /// 3.2), and what stands before an @ is a user name, often with a password: not for us to repeat.
    static func withoutCredentials(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var rest = bytes.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        if let at = rest.lastIndex(of: UInt8(ascii: "@")) { rest = rest[(at + 1)...] }
        return UnsafeRawBufferPointer(rebasing: rest)
    }
}
