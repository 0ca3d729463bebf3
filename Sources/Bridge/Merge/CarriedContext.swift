internal import Capture
internal import Propagation

/// The context that a message carried.
struct CarriedContext {
    /// The context.
    var context: TraceContext
    /// Its tracestate, empty when there is none or it is invalid.
    var traceState: [UInt8]
}

extension ContextReader {
    /// The context among an exchange's fields. One on a response is in the wrong place and is ignored.
    ///
    /// - Parameter comments: reads those in statements; nil leaves them unread.
    mutating func read(
        _ exchange: Exchange, in buffer: borrowing FieldBuffer, comments: SQLCommentReader?
    ) -> CarriedContext? {
        let range = exchange.fields
        begin()
        if let comments { addStatement(of: exchange, in: buffer, by: comments) }
        for index in Int(range.start)..<Int(range.start + range.count) {
            let field = buffer.fields[index]
            guard field.key == .context, field.carrier != .responseHeader else { continue }
            buffer.withBytes(of: field.name) { name in
                buffer.withBytes(of: field.value) { add(name: name, value: $0, at: .header, part: field.part) }
            }
        }
        guard case .one(let reading) = finish() else { return nil }
        return CarriedContext(context: reading.context, traceState: withTracestate { Array($0) })
    }
}
