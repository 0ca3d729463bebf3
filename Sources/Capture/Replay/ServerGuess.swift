/// Who serves on a connection whose beginning the capture lacks.
enum ServerGuess {
    /// Whether a payload is the start of a response, of a request, or neither. HTTP alone is told apart, strictly
    /// enough that the middle of a body is hardly ever taken for it.
    enum Start {
        case request
        case response
        case unknown
    }

    private static let methods: [StaticString] = [
        "GET ", "POST ", "PUT ", "HEAD ", "DELETE ", "PATCH ", "OPTIONS ", "CONNECT ", "TRACE ", "PRI * HTTP/2.0",
    ]

    /// What a payload begins with.
    static func start(of payload: UnsafeRawBufferPointer) -> Start {
        // HTTP/1.x SP digit (RFC 9112, section 4).
        if begins(payload, with: "HTTP/1."), payload.count > 9, payload[8] == 0x20, (0x31...0x35).contains(payload[9]) {
            return .response
        }
        for method in methods where begins(payload, with: method) {
            let next = method.utf8CodeUnitCount
            // A target, not white space, follows.
            return payload.count > next && payload[next] > 0x20 || next > 8 ? .request : .unknown
        }
        return .unknown
    }

    private static func begins(_ payload: UnsafeRawBufferPointer, with text: StaticString) -> Bool {
        guard payload.count >= text.utf8CodeUnitCount else { return false }
        for index in 0..<text.utf8CodeUnitCount where payload[index] != text.utf8Start[index] { return false }
        return true
    }
}
