internal import Capture
internal import OTLP

/// `server.address` and `server.port`.
enum ServerAttributes {
    /// Where the protocol does not name its server: the address of the end that accepted.
    static func append(_ exchange: Exchange, to batch: inout SpanBatch) {
        let server = exchange.serverEndpoint
        guard server.family != .unix else { return }
        if !server.isUnspecified { batch.append("server.address", address: server) }
        batch.append("server.port", int: Int64(server.port))
    }

    /// Where a request may name its server: as it does, else as above.
    static func append(_ exchange: Exchange, fields: borrowing FieldBuffer, to batch: inout SpanBatch) {
        fields.withBytes(of: fields.first(.authority, in: exchange.fields)?.value ?? .empty) { authority in
            let server = Authority(authority)
            guard !server.host.isEmpty else { return append(exchange, to: &batch) }
            batch.append("server.address", bytes: server.host)
            if let port = server.port { batch.append("server.port", int: Int64(port)) }
        }
    }

    /// Where the request did not name its server: the name by which the client knows its address, instead of that.
    ///
    /// - Parameters:
    ///   - name: the name.
    ///   - first: the index of the span's first attribute.
    static func name(
        _ name: String, _ exchange: Exchange, fields: borrowing FieldBuffer, from first: Int, in batch: inout SpanBatch
    ) {
        guard !fields.has(.authority, of: exchange), !fields.has(.serverName, of: exchange) else { return }
        let index = (first..<batch.attributes.count).first {
            if case .known(let key) = batch.attributes[$0].key { key.isServerAddress } else { false }
        }
        guard let index else { return }
        batch.replaceValue(ofAttribute: index, by: .string(batch.append(string: name)))
    }
}

extension StaticString {
    fileprivate var isServerAddress: Bool {
        let key: StaticString = "server.address"
        return isEqual(to: UnsafeRawBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
    }
}
