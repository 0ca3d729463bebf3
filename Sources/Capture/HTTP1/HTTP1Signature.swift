/// Tells HTTP/1 by a message's first bytes.
///
/// A response begins with `HTTP/1.`; a request with a method in capitals, a space, and a target that begins with `/`,
/// `*` or `http` (CONNECT: with anything). HTTP/2's preface is not taken for a request.
enum HTTP1Signature {
    /// Longest method, bytes.
    private static let longestMethod = 20

    /// What a message's first bytes say.
    static func recognise(_ bytes: UnsafeRawBufferPointer) -> Recognition {
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

    /// How a prefix compares with a pattern.
    enum Verdict { case yes, maybe, no }

    /// Whether they begin a status line.
    static func response(_ bytes: UnsafeRawBufferPointer) -> Verdict { begins(bytes, with: "HTTP/1.", from: 0) }

    /// Whether they begin a request line.
    static func request(_ bytes: UnsafeRawBufferPointer) -> Verdict {
        var index = 0
        while index < bytes.count, index <= longestMethod, isMethodByte(bytes[index]) { index += 1 }
        guard index < bytes.count else { return index <= longestMethod ? .maybe : .no }
        guard index >= 3, index <= longestMethod, bytes[index] == 0x20 else { return .no }
        if begins(bytes, with: "CONNECT ", from: 0) == .yes { return bytes.count > index + 1 ? .yes : .maybe }
        guard begins(bytes, with: "PRI ", from: 0) == .no else { return .no }
        guard bytes.count > index + 1 else { return .maybe }
        switch bytes[index + 1] {
        case 0x2F, 0x2A: return .yes
        default: return begins(bytes, with: "http", from: index + 1)
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
