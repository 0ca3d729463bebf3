import NIOCore

/// What an ``EndpointServer`` answers.
public struct EndpointAnswer: Sendable, Equatable {
    /// HTTP's status.
    public var status: Int
    /// The type of its body.
    public var contentType: String
    /// Its body.
    public var body: [UInt8]

    /// An answer.
    public init(status: Int, contentType: String, body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// An answer in words.
    public init(status: Int, text: String) {
        self.init(status: status, contentType: "text/plain; charset=utf-8", body: Array((text + "\n").utf8))
    }

    /// There is nothing at that path.
    public static let notFound = EndpointAnswer(status: 404, text: "not found")

    /// Writes it in HTTP/1.1: the last thing on its connection.
    ///
    /// - Parameters:
    ///   - hasBody: false for the answer to HEAD.
    ///   - date: now; see ``HTTPDate``.
    func write(into buffer: inout NIOCore.ByteBuffer, hasBody: Bool, date: String) {
        buffer.writeString("HTTP/1.1 \(status) ")
        buffer.writeStaticString(Self.reason(of: status))
        buffer.writeString("\r\ndate: \(date)\r\ncontent-type: \(contentType)\r\ncontent-length: \(body.count)")
        if status == 405 { buffer.writeStaticString("\r\nallow: GET, HEAD") }
        buffer.writeStaticString(
            "\r\ncache-control: no-store\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n")
        if hasBody { buffer.writeBytes(body) }
    }

    private static func reason(of status: Int) -> StaticString {
        switch status {
        case 200: "OK"
        case 400: "Bad Request"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 431: "Request Header Fields Too Large"
        case 503: "Service Unavailable"
        default: "Internal Server Error"
        }
    }
}
