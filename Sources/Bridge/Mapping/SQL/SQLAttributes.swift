internal import Capture
internal import OTLP
internal import Propagation

/// What a statement in SQL gives a span: `db.query.text` by its rule, and `db.query.summary`, which is the span's name
/// as well; and what its comments say (``SQLCommentAttributes``). `db.operation.name` and `db.collection.name` are not taken from a statement, as the conventions want it.
enum SQLAttributes {
    /// Adds the attributes.
    ///
    /// - Parameter rule: what is done with the text.
    /// - Returns: the summary; nil where there is no statement, or nothing is known of what it does.
    static func append(
        _ exchange: Exchange, fields: borrowing FieldBuffer, comments: SQLCommentReader?, rule: TextRule,
        to batch: inout SpanBatch
    ) -> ArenaRange? {
        guard let dialect = exchange.protocol.sqlDialect else { return nil }
        if fields.has(.compression, of: exchange) {
            batch.append("interspan.compression", .compression, of: exchange, fields)
        }
        if dialect == .mysql, exchange.hasFailed {
            batch.append("interspan.sqlstate", .errorDetail, of: exchange, fields)
        }
        var summary: ArenaRange?
        fields.with(.statement, in: exchange.fields) { text in
            let isWhole = fields.first(.statementEnd, in: exchange.fields) == nil
            if rule != .drop {
                let said =
                    rule == .keep && !SQLSecrets.mayBe(in: text, dialect)
                    ? SQLMask.append(whole: text, isWhole: isWhole, to: &batch)
                    : SQLMask.append(text, dialect, isWhole: isWhole, to: &batch)
                if said.count > 0 { batch.append(Attribute(key: .known("db.query.text"), value: .string(said))) }
            }
            if let comments {
                fields.withStatementEnd(of: exchange) {
                    SQLCommentAttributes.append(text, end: $0, dialect, by: comments, to: &batch)
                }
            }
            let said = SQLSummary.append(text, dialect, isWhole: isWhole, to: &batch)
            guard said.count > 0 else { return }
            batch.append(Attribute(key: .known("db.query.summary"), value: .string(said)))
            summary = said
        }
        return summary
    }
}
