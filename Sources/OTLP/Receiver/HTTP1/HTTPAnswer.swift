import NIOCore

/// A response, before it is written.
struct HTTPAnswer: Sendable, Equatable {
    /// Its status.
    var status: Int
    /// How its body is written.
    var encoding: ExportRequest.Encoding
    /// Its body: a message of OTLP or a google.rpc.Status.
    var body: [UInt8]
    /// One header beside those that all have.
    var header: Header?

    /// A header.
    struct Header: Sendable, Equatable {
        var name: StaticString
        var value: String

        static func == (left: Header, right: Header) -> Bool {
            left.name.description == right.name.description && left.value == right.value
        }
    }

    /// An answer with a google.rpc.Status.
    static func status(
        _ status: Int, _ code: GRPCStatus, _ message: String, encoding: ExportRequest.Encoding,
        header: (StaticString, String)? = nil
    ) -> HTTPAnswer {
        HTTPAnswer(
            status: status, encoding: encoding, body: AnswerBody.status(code, message: message, encoding: encoding),
            header: header.map { Header(name: $0.0, value: $0.1) })
    }

    /// What a peer is told about a request that came whole.
    static func make(
        _ answer: ExportAnswer, signal: Signal, encoding: ExportRequest.Encoding
    ) -> HTTPAnswer {
        switch answer {
        case .taken(let rejected, let message):
            let body = AnswerBody.response(to: signal, rejected: rejected, message: message, encoding: encoding)
            return HTTPAnswer(status: 200, encoding: encoding, body: body)
        case .refused(let refusal): return .refused(refusal, encoding: encoding)
        }
    }

    /// What a peer is told when its request is not taken.
    static func refused(_ refusal: ExportRefusal, encoding: ExportRequest.Encoding) -> HTTPAnswer {
        let status =
            switch refusal {
            case .malformed: 400
            case .tooLarge: 413
            // 503 rather than 429: the peer did not ask too often, we cannot keep up with all of them. Both are retried.
            case .busy, .full: 503
            case .noPipeline: 404
            case .late: 408
            }
        let retry = refusal.retryAfterSeconds
        let body = AnswerBody.status(
            refusal.code, message: refusal.message, retryAfterSeconds: retry, encoding: encoding)
        return HTTPAnswer(
            status: status, encoding: encoding, body: body,
            header: retry.map { Header(name: "retry-after", value: "\($0)") })
    }

    /// Writes it in HTTP/1.1.
    /// - Parameters:
    ///   - keepsAlive: what the peer is told about the connection.
    ///   - hasBody: false for the answer to HEAD.
    ///   - date: now; see ``HTTPDate``.
    func write(into buffer: inout NIOCore.ByteBuffer, keepsAlive: Bool, hasBody: Bool, date: String) {
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeString("\(status) ")
        buffer.writeStaticString(reason)
        buffer.writeStaticString("\r\ndate: ")
        buffer.writeString(date)
        buffer.writeStaticString("\r\ncontent-type: ")
        switch encoding {
        case .protobuf: buffer.writeStaticString("application/x-protobuf")
        case .json: buffer.writeStaticString("application/json")
        }
        buffer.writeStaticString("\r\ncontent-length: ")
        buffer.writeString("\(body.count)")
        if let header {
            buffer.writeStaticString("\r\n")
            buffer.writeStaticString(header.name)
            buffer.writeStaticString(": ")
            buffer.writeString(header.value)
        }
        // Clients of HTTP/1.0 that want to go on need to be told that they may.
        buffer.writeStaticString(keepsAlive ? "\r\nconnection: keep-alive\r\n\r\n" : "\r\nconnection: close\r\n\r\n")
        if hasBody { buffer.writeBytes(body) }
    }

    private var reason: StaticString {
        switch status {
        case 200: "OK"
        case 400: "Bad Request"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 431: "Request Header Fields Too Large"
        default: "Service Unavailable"
        }
    }
}
