import NIOHPACK

/// The headers by which calls are answered.
enum GRPCHeaders {
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
    static func failed(_ code: GRPCStatus, _ message: String, _ hint: Hint? = nil) -> HPACKHeaders {
        var headers = head
        headers.add(name: "grpc-status", value: "\(code.rawValue)")
        // Written with the same indexing as all others, texts would push those out of the peer's table.
        headers.add(name: "grpc-message", value: GRPCText.percentEncoded(message), indexing: .nonIndexable)
        switch hint {
        case nil: break
        case .acceptEncoding: headers.add(name: "grpc-accept-encoding", value: "identity,gzip")
        case .retry(let seconds):
            let status = AnswerBody.status(code, message: message, retryAfterSeconds: seconds, encoding: .protobuf)
            headers.add(name: "grpc-status-details-bin", value: GRPCText.base64(status), indexing: .nonIndexable)
        }
        return headers
    }

    /// The same for a refusal.
    static func failed(_ refusal: ExportRefusal) -> HPACKHeaders {
        failed(refusal.code, refusal.message, refusal.retryAfterSeconds.map { .retry(afterSeconds: $0) })
    }

    /// An answer in HTTP alone, to what is not gRPC.
    static func notGRPC(status: Int) -> HPACKHeaders { HPACKHeaders([(":status", "\(status)")]) }
}
