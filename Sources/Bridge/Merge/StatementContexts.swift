internal import Capture
internal import Propagation

extension ContextReader {
    /// Adds the contexts in the comments of an exchange's statement, if it has one: of an execution the comments of what was
    /// prepared. Contexts that stand beside the statement (MySQL's query attributes) are the message's own: with one, the
    /// comments are not asked.
    mutating func addStatement(of exchange: Exchange, in buffer: borrowing FieldBuffer, by comments: SQLCommentReader) {
        guard let dialect = exchange.protocol.sqlDialect,
            let statement = buffer.first(.statement, in: exchange.fields),
            !buffer.hasContext(in: exchange.fields, comments)
        else { return }
        buffer.withBytes(of: statement.value) { text in
            buffer.withStatementEnd(of: exchange) { end in
                comments.read(text, end: end, dialect: dialect) { add(name: $0, value: $1, at: .sqlComment) }
            }
        }
    }
}

extension ApplicationProtocol {
    /// The SQL of its statements, if it has any.
    var sqlDialect: SQLDialect? {
        switch self {
        case .mysql: .mysql
        case .postgresql: .postgresql
        default: nil
        }
    }
}

extension FieldBuffer {
    /// Whether a part of a context stands beside the statement: baggage is none.
    fileprivate func hasContext(in range: FieldRange, _ reader: SQLCommentReader) -> Bool {
        fields[Int(range.start)..<Int(range.start + range.count)].contains { field in
            field.key == .context && withBytes(of: field.name) { reader.isContext($0) }
        }
    }

    /// The last bytes of an exchange's statement, for the time of the call; nil where all of it is in the statement's field.
    func withStatementEnd<R>(of exchange: Exchange, _ body: (UnsafeRawBufferPointer?) -> R) -> R {
        guard let end = first(.statementEnd, in: exchange.fields) else { return body(nil) }
        return withBytes(of: end.value) { body($0) }
    }
}
