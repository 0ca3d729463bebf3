import NIOHPACK

/// What the headers of a call ask for.
enum GRPCRoute: Equatable {
    /// To export something, compressed like this where a message says that it is compressed.
    case export(Signal, ExportRequest.Compression)
    /// A method or a compression that is not there.
    case unimplemented(String, GRPCHeaders.Hint?)
    /// No gRPC at all: an HTTP status says so.
    case notGRPC(status: Int)

    /// Reads headers by gRPC's rules (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
    static func read(_ headers: HPACKHeaders) -> GRPCRoute {
        var isPost = false
        var signal: Signal?
        var isGRPC = false
        var compression: ExportRequest.Compression? = .identity
        for (name, value, _) in headers {
            // Names are in lower case, which has been checked.
            switch name {
            case ":method": isPost = value == "POST"
            case ":path": signal = Signal.allCases.first { value.isSame(as: $0.method) }
            case "content-type": isGRPC = isProtobuf(value)
            case "grpc-encoding": compression = value == "gzip" ? .gzip : value == "identity" ? .identity : nil
            default: break
            }
        }
        guard isGRPC else { return .notGRPC(status: 415) }
        guard isPost else { return .notGRPC(status: 405) }
        guard let signal else { return .unimplemented("no such method", nil) }
        guard let compression else { return .unimplemented("gzip or identity was expected", .acceptEncoding) }
        return .export(signal, compression)
    }

    private static func isProtobuf(_ value: String) -> Bool {
        let type = ASCIIText.mediaType(value)
        return ASCIIText.isEqual(type, "application/grpc") || ASCIIText.isEqual(type, "application/grpc+proto")
    }
}

extension String {
    /// Whether it is what is written in the source; nothing is allocated.
    fileprivate func isSame(as text: StaticString) -> Bool {
        utf8.count == text.utf8CodeUnitCount && text.withUTF8Buffer { utf8.elementsEqual($0) }
    }
}
