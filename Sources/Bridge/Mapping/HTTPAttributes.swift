internal import Capture
internal import OTLP

/// HTTP spans: https://opentelemetry.io/docs/specs/semconv/http/http-spans/
///
/// The name is the method, which ``RouteNames`` adds a route to: a path has too many values for a name. FastCGI carries
/// HTTP's requests, and its spans are HTTP's under another protocol's name.
///
/// `interspan.request.messages` and `interspan.response.messages` count the messages of a WebSocket's client and server, the
/// latter also the events of a stream of them; for a WebSocket, `interspan.request.bytes` and `interspan.response.bytes` are
/// what was in its messages, as sent. What is not known for certain is left out.
enum HTTPAttributes {
    /// Adds the attributes.
    ///
    /// - Parameter query: what is done with queries.
    /// - Returns: the method as it stands in the span's name.
    static func append(
        _ exchange: Exchange, fields: borrowing FieldBuffer, query rule: TextRule = .mask, to span: inout SpanData,
        in batch: inout SpanBatch
    ) -> StaticString {
        let method = method(of: exchange, fields: fields, to: &batch)
        span.name = batch.append(text: method)
        let authority = fields.first(.authority, in: exchange.fields)
        let isServer = exchange.end.role == .server
        fields.with(.target, in: exchange.fields) { target in
            let parts = RequestTarget(target)
            if isServer {
                if fields.has(.scheme, of: exchange) {
                    batch.append("url.scheme", .scheme, of: exchange, fields)
                } else {
                    batch.append("url.scheme", text: "http")
                }
                // The target of CONNECT is no path, and may have credentials.
                if parts.path.first == UInt8(ascii: "/") || parts.path.elementsEqual([UInt8(ascii: "*")]) {
                    batch.append("url.path", bytes: parts.path)
                }
                if let query = parts.query, rule != .drop {
                    let range = QueryMask.append(query, rule, to: &batch)
                    batch.append(Attribute(key: .known("url.query"), value: .string(range)))
                }
            } else {
                fields.withBytes(of: fields.first(.scheme, in: exchange.fields)?.value ?? .empty) { scheme in
                    fields.withBytes(of: authority?.value ?? .empty) {
                        URLText.append(
                            target: parts, scheme: scheme, authority: $0, peer: exchange.peer, query: rule,
                            to: &batch)
                    }
                }
            }
        }
        ServerAttributes.append(exchange, fields: fields, to: &batch)
        if isServer, exchange.peer.family != .unix { batch.append("client.address", address: exchange.peer) }
        batch.append("network.protocol.name", text: exchange.protocol == .fastcgi ? "fastcgi" : "http")
        fields.with(.version, in: exchange.fields) { batch.append("network.protocol.version", bytes: $0) }
        fields.with(.userAgent, in: exchange.fields) { batch.append("user_agent.original", bytes: $0) }
        let isTunnel = exchange.status == 101
        append(isTunnel ? "interspan.request.bytes" : "http.request.body.size", count: exchange.requestBody, to: &batch)
        append("interspan.request.messages", count: exchange.requestMessages, to: &batch)
        append("interspan.response.messages", count: exchange.responseMessages, to: &batch)
        appendResponse(exchange, isServer: isServer, to: &span, in: &batch)
        // What the protocol below has told; a status may stand beside it.
        if span.status != .error { FailureAttributes.append(exchange, fields: fields, to: &span, in: &batch) }
        return method
    }

    private static func append(_ key: StaticString, count: UInt64, to batch: inout SpanBatch) {
        guard count > 0, count != Exchange.unknownLength else { return }
        batch.append(key, int: Int64(clamping: count))
    }

    private static func appendResponse(
        _ exchange: Exchange, isServer: Bool, to span: inout SpanData, in batch: inout SpanBatch
    ) {
        guard exchange.status > 0 else { return }
        batch.append("http.response.status_code", int: Int64(exchange.status))
        let isTunnel = exchange.status == 101
        append(
            isTunnel ? "interspan.response.bytes" : "http.response.body.size", count: exchange.responseBody, to: &batch)
        // A server is not at fault for what its client did wrong; the client's call failed all the same.
        if exchange.status >= (isServer ? 500 : 400) {
            batch.append("error.type", decimal: UInt32(exchange.status))
            span.status = .error
        }
    }

    /// The method if it is one that the conventions know, else `_OTHER` with the original beside it. The span's name
    /// has `HTTP` for those.
    private static func method(
        of exchange: Exchange, fields: borrowing FieldBuffer, to batch: inout SpanBatch
    ) -> StaticString {
        var name: StaticString = "HTTP"
        fields.with(.method, in: exchange.fields) { method in
            if let known = knownMethods.first(where: { $0.isEqual(to: method) }) {
                batch.append("http.request.method", text: known)
                name = known
            } else {
                batch.append("http.request.method", text: "_OTHER")
                batch.append("http.request.method_original", bytes: method)
            }
        }
        return name
    }

    /// RFC 9110 and RFC 5789.
    private static let knownMethods: [StaticString] = [
        "GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "CONNECT", "TRACE",
    ]
}

extension FieldBuffer {
    /// Calls with the value of the first field of a kind, if the exchange has one.
    func with(_ key: FieldKey, in range: FieldRange, _ body: (UnsafeRawBufferPointer) -> Void) {
        if let field = first(key, in: range) { withBytes(of: field.value, body) }
    }
}

extension StaticString {
    /// Whether it has these very bytes.
    func isEqual(to bytes: UnsafeRawBufferPointer) -> Bool {
        utf8CodeUnitCount == bytes.count
            && UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount).elementsEqual(bytes)
    }
}
