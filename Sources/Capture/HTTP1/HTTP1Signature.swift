/// Tells HTTP/1 by a message's first bytes.
///
/// A response begins with `HTTP/1.`; a request with a method that is known, a space, and a target that begins with `/`,
/// `*` or `http` (CONNECT: with anything). HTTP/2's preface is not taken for a request.
enum HTTP1Signature {
    /// Longest method, bytes.
    private static let longestMethod = 20

    /// What a message's first bytes say.
    static func recognise(_ bytes: UnsafeRawBufferPointer) -> Recognition {
        let bytes = withoutEmptyLines(bytes)
        switch response(bytes) {
        case .yes: return .yes(.responder)
        case .maybe: return .maybe
        case .no: break
        }
        return switch request(bytes) {
        case .yes: .yes(.requester)
        case .maybe: .maybe
        case .no: .no
        }
    }

    /// Bytes without the empty lines that may stand before a message (RFC 9112, 2.2).
    static func withoutEmptyLines(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let start = bytes.firstIndex { $0 != 0x0D && $0 != 0x0A } ?? bytes.count
        return UnsafeRawBufferPointer(rebasing: bytes[start...])
    }

    /// How a prefix compares with a pattern.
    enum Verdict { case yes, maybe, no }

    /// Whether they begin a status line.
    static func response(_ bytes: UnsafeRawBufferPointer) -> Verdict { begins(bytes, with: "HTTP/1.", from: 0) }

    /// Whether they begin a request line.
    ///
    /// - Parameter anyMethod: whether methods that are not known will do: only where a message is sure to begin. Elsewhere
    ///   they may be the rest of a method whose first byte was read by itself.
    static func request(_ bytes: UnsafeRawBufferPointer, anyMethod: Bool = false) -> Verdict {
        var index = 0
        while index < bytes.count, index <= longestMethod, isMethodByte(bytes[index]) { index += 1 }
        let name = UnsafeRawBufferPointer(rebasing: bytes[..<index])
        guard index < bytes.count else { return index <= longestMethod && isMethod(name, prefix: true) ? .maybe : .no }
        guard index >= 3, index <= longestMethod, bytes[index] == 0x20 else { return .no }
        guard anyMethod || isMethod(name, prefix: false) else { return .no }
        if begins(bytes, with: "CONNECT ", from: 0) == .yes { return bytes.count > index + 1 ? .yes : .maybe }
        guard begins(bytes, with: "PRI ", from: 0) == .no else { return .no }
        guard bytes.count > index + 1 else { return .maybe }
        switch bytes[index + 1] {
        case 0x2F, 0x2A: return .yes
        default: return begins(bytes, with: "http", from: index + 1)
        }
    }

    /// Methods in use: IANA's registry, without HTTP/2's PRI, and those of caches and of UPnP.
    private static let methods: [StaticString] = [
        "GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "CONNECT", "TRACE", "QUERY", "ACL",
        "BASELINE-CONTROL", "BIND", "CHECKIN", "CHECKOUT", "COPY", "LABEL", "LINK", "LOCK", "MERGE", "MKACTIVITY",
        "MKCALENDAR", "MKCOL", "MKREDIRECTREF", "MKWORKSPACE", "MOVE", "ORDERPATCH", "PROPFIND", "PROPPATCH",
        "REBIND", "REPORT", "SEARCH", "UNBIND", "UNCHECKOUT", "UNLINK", "UNLOCK", "UPDATE", "UPDATEREDIRECTREF",
        "VERSION-CONTROL", "PURGE", "M-SEARCH", "NOTIFY", "SUBSCRIBE", "UNSUBSCRIBE",
    ]

    private static func isMethod(_ name: UnsafeRawBufferPointer, prefix: Bool) -> Bool {
        methods.contains { method in
            guard prefix ? name.count <= method.utf8CodeUnitCount : name.count == method.utf8CodeUnitCount else {
                return false
            }
            for index in 0..<name.count where name[index] != method.utf8Start[index] { return false }
            return true
        }
    }

    private static func isMethodByte(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 || byte == 0x2D || byte == 0x5F }

    private static func begins(_ bytes: UnsafeRawBufferPointer, with word: StaticString, from start: Int) -> Verdict {
        for index in 0..<word.utf8CodeUnitCount {
            guard start + index < bytes.count else { return .maybe }
            if bytes[start + index] != word.utf8Start[index] { return .no }
        }
        return .yes
    }
}
