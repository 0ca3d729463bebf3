import NIOHPACK

/// The headers by which calls are answered.
enum GRPCStatus {
    /// Something to say beside the status.
    enum Hint: Equatable {
        /// Which compression is understood.
        case acceptEncoding
        /// When to try again.
        case retry(afterSeconds: Int)
    }

    /// What stands before a message.
    static let head = HPACKHeaders([(":status", "200"), ("content-type", "application/grpc")])
    /// What stands after one.
    static let good = HPACKHeaders([("grpc-status", "0")])

    /// The whole answer to a call that brings no message.
    static func failed(_ code: RPCCode, _ message: String, _ hint: Hint? = nil) -> HPACKHeaders {
        var headers = head
        headers.add(name: "grpc-status", value: "\(code.rawValue)")
        // Written with the same indexing as all others, texts would push those out of the peer's table.
        headers.add(name: "grpc-message", value: percentEncoded(message), indexing: .nonIndexable)
        switch hint {
        case nil: break
        case .acceptEncoding: headers.add(name: "grpc-accept-encoding", value: "identity,gzip")
        case .retry(let seconds):
            let status = AnswerBody.status(code, message: message, retryAfterSeconds: seconds, encoding: .protobuf)
            headers.add(name: "grpc-status-details-bin", value: base64(status), indexing: .nonIndexable)
        }
        return headers
    }

    /// The same for a refusal.
    static func failed(_ refusal: ExportRefusal) -> HPACKHeaders {
        failed(refusal.code, refusal.message, refusal.retryAfterSeconds.map { .retry(afterSeconds: $0) })
    }

    /// An answer in HTTP alone, to what is not gRPC.
    static func notGRPC(status: Int) -> HPACKHeaders { HPACKHeaders([(":status", "\(status)")]) }

    /// `Percent-Encoded` of gRPC over HTTP/2: printable ASCII but for `%`, the rest as `%XX`.
    static func percentEncoded(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            if (0x20...0x7E).contains(byte), byte != UInt8(ascii: "%") {
                result.append(byte)
            } else {
                result += [UInt8(ascii: "%"), hexadecimal(byte >> 4), hexadecimal(byte & 0xF)]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Base64 without padding, as gRPC has it in headers (RFC 4648, section 4).
    static func base64(_ bytes: [UInt8]) -> String {
        let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        var result: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for digit in 0...group.count {
                result.append(alphabet.utf8Start[bits >> (18 - 6 * digit) & 0x3F])
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func hexadecimal(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}
