internal import Capture
internal import OTLP
internal import Propagation

/// Members of baggage that the configuration asks for, as attributes `baggage.<key>`.
struct BaggageAttributes: Sendable {
    private var reader: BaggageReader
    private let names: [[UInt8]]

    /// - Parameter keys: the members that are wanted.
    init(keys: [String]) {
        reader = BaggageReader(keys: keys)
        names = reader.keys.map { Array("baggage.\($0)".utf8) }
    }

    /// Adds those that an exchange's request carries.
    mutating func append(_ exchange: Exchange, fields: borrowing FieldBuffer, to batch: inout SpanBatch) {
        guard !names.isEmpty else { return }
        reader.begin()
        for index in Int(exchange.fields.start)..<Int(exchange.fields.start + exchange.fields.count) {
            let field = fields.fields[index]
            guard field.key == .context, field.carrier != .responseHeader else { continue }
            fields.withBytes(of: field.name) { name in
                fields.withBytes(of: field.value) { value in
                    reader.add(name: name, value: value) { key, value in
                        let name = names[key].withUnsafeBytes { batch.append(bytes: $0) }
                        let text = batch.append(bytes: value)
                        batch.append(Attribute(key: .named(name), value: .string(text)))
                    }
                }
            }
        }
    }
}
