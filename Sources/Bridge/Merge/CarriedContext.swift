internal import Capture
internal import Propagation

extension ContextReader {
    /// The contexts among an exchange's fields. What is on a response is in the wrong place and is ignored.
    ///
    /// - Parameter comments: reads those in statements; nil leaves them unread.
    mutating func read(
        _ exchange: Exchange, in buffer: borrowing FieldBuffer, comments: SQLCommentReader?
    ) -> ContextResult {
        let range = exchange.fields
        begin()
        if let comments { addStatement(of: exchange, in: buffer, by: comments) }
        for index in Int(range.start)..<Int(range.start + range.count) {
            let field = buffer.fields[index]
            guard field.key == .context, let place = ContextPlace(field.carrier) else { continue }
            buffer.withBytes(of: field.name) { name in
                buffer.withBytes(of: field.value) { add(name: name, value: $0, at: place, part: field.part) }
            }
        }
        return finish()
    }
}

extension ContextPlace {
    /// Nil where a context does not belong.
    fileprivate init?(_ carrier: Carrier) {
        switch carrier {
        case .requestHeader: self = .header
        case .messageMetadata: self = .message
        case .sqlComment: self = .sqlComment
        case .responseHeader: return nil
        }
    }
}
