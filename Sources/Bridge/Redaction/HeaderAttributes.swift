internal import Capture
internal import OTLP

/// Headers that the configuration allows, as attributes with lists of their values: `http.request.header.<name>` and
/// `http.response.header.<name>`, of remote calls `rpc.request.metadata.<name>` and `rpc.response.metadata.<name>`
/// (https://opentelemetry.io/docs/specs/semconv/registry/attributes/http/, .../rpc/). Values of headers that carry
/// credentials, by their names (``SecretNames``), are replaced.
struct HeaderAttributes: Sendable {
    private struct Header {
        /// In lower case.
        var name: [UInt8]
        var isSecret: Bool
    }

    private let headers: [Header]
    private let query: TextRule

    /// - Parameters:
    ///   - names: headers' names, in lower case.
    ///   - query: what is done with the queries of URLs.
    init(names: [String], query: TextRule) {
        var seen: Set<String> = []
        headers = names.filter { seen.insert($0).inserted }.map { name in
            let name = Array(name.utf8)
            return Header(name: name, isSecret: name.withUnsafeBytes { SecretNames.contains($0) })
        }
        self.query = query
    }

    /// Adds those that an exchange has.
    func append(_ exchange: Exchange, fields: borrowing FieldBuffer, isCall: Bool, to batch: inout SpanBatch) {
        guard !headers.isEmpty else { return }
        let range = Int(exchange.fields.start)..<Int(exchange.fields.start + exchange.fields.count)
        guard range.contains(where: { fields.fields[$0].key == .header }) else { return }
        for header in headers {
            append(
                header, .requestHeader, isCall ? "rpc.request.metadata." : "http.request.header.", range, fields, &batch
            )
            append(
                header, .responseHeader, isCall ? "rpc.response.metadata." : "http.response.header.", range, fields,
                &batch)
        }
    }

    private func append(
        _ header: Header, _ carrier: Carrier, _ prefix: StaticString, _ range: Range<Int>,
        _ fields: borrowing FieldBuffer, _ batch: inout SpanBatch
    ) {
        let first = batch.texts.count
        for index in range where fields.fields[index].key == .header && fields.fields[index].carrier == carrier {
            let field = fields.fields[index]
            guard fields.withBytes(of: field.name, { Self.isEqual($0, header.name) }) else { continue }
            let text =
                header.isSecret
                ? batch.append(text: "REDACTED")
                : fields.withBytes(of: field.value) { HeaderValueMask.append($0, query: query, to: &batch) }
            batch.append(text: text)
        }
        let count = batch.texts.count - first
        guard count > 0 else { return }
        var key = batch.append(text: prefix)
        key.count += header.name.withUnsafeBytes { batch.append(bytes: $0) }.count
        let list = IndexRange(start: UInt32(first), count: UInt32(count))
        batch.append(Attribute(key: .named(key), value: .list(list)))
    }

    private static func isEqual(_ written: UnsafeRawBufferPointer, _ name: [UInt8]) -> Bool {
        guard written.count == name.count else { return false }
        return written.indices.allSatisfy { index in
            let byte = written[index]
            return (byte &- 0x41 < 26 ? byte | 0x20 : byte) == name[index]
        }
    }
}
