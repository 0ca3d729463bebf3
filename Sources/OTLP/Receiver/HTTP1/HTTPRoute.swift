import NIOHTTP1

/// What the head of a request asks for.
enum HTTPRoute: Equatable {
    /// To export something.
    case export(Signal, ExportRequest.Encoding, ExportRequest.Compression, length: Int?)
    /// Something that is not served.
    case refused(HTTPAnswer)

    /// Reads a head by OTLP/HTTP's rules (https://opentelemetry.io/docs/specs/otlp/#otlphttp-request).
    static func read(_ head: HTTPRequestHead, settings: OTLPReceiverSettings.HTTP) -> HTTPRoute {
        var type: String?
        var compression: ExportRequest.Compression? = .identity
        var length: Int?
        for (name, value) in head.headers {
            if ASCIIText.isEqual(name, "content-type") {
                type = type ?? value
            } else if ASCIIText.isEqual(name, "content-encoding") {
                // A second one means that it was encoded twice, which nobody does.
                compression = compression == .identity ? Self.compression(value) : nil
            } else if ASCIIText.isEqual(name, "content-length") {
                length = Int(value)
            }
        }
        let mediaType = type.map(ASCIIText.mediaType) ?? ""
        let encoding: ExportRequest.Encoding? =
            ASCIIText.isEqual(mediaType, "application/x-protobuf")
            ? .protobuf : ASCIIText.isEqual(mediaType, "application/json") ? .json : nil
        // Whoever has no type that we know is most likely a person, and can read JSON.
        let shown = encoding ?? .json
        guard let signal = signal(path: head.uri, settings: settings) else {
            return .refused(.status(404, .notFound, "nothing is served at this path", encoding: shown))
        }
        guard head.method == .POST else {
            return .refused(
                .status(405, .unimplemented, "POST was expected", encoding: shown, header: ("allow", "POST")))
        }
        guard let encoding else {
            return .refused(
                .status(
                    415, .invalidArgument, "content-type: application/x-protobuf or application/json was expected",
                    encoding: shown))
        }
        guard let compression else {
            return .refused(
                .status(
                    415, .invalidArgument, "content-encoding: gzip or identity was expected", encoding: shown,
                    header: ("accept-encoding", "gzip")))
        }
        return .export(signal, encoding, compression, length: length)
    }

    private static func compression(_ value: String) -> ExportRequest.Compression? {
        let value = ASCIIText.trimmed(value[...])
        if ASCIIText.isEqual(value, "gzip") || ASCIIText.isEqual(value, "x-gzip") { return .gzip }
        if value.isEmpty || ASCIIText.isEqual(value, "identity") || ASCIIText.isEqual(value, "none") {
            return .identity
        }
        return nil
    }

    private static func signal(path: String, settings: OTLPReceiverSettings.HTTP) -> Signal? {
        if path == settings.tracesPath { return .traces }
        if path == settings.metricsPath { return .metrics }
        if path == settings.logsPath { return .logs }
        // A query means nothing to us.
        guard let query = path.firstIndex(of: "?") else { return nil }
        return signal(path: String(path[..<query]), settings: settings)
    }
}
