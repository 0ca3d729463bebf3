internal import Capture
internal import OTLP
internal import Propagation

/// Database spans: https://opentelemetry.io/docs/specs/semconv/db/database-spans/
///
/// The name is the summary of the query where there is a query, else the operation and what it is about. A server's side
/// has no convention: it gets the same attributes.
enum DatabaseAttributes {
    /// Adds the attributes.
    ///
    /// - Parameter sql: what is done with the text of statements.
    static func append(
        _ exchange: Exchange, fields: borrowing FieldBuffer, comments: SQLCommentReader?, sql rule: TextRule,
        to span: inout SpanData, in batch: inout SpanBatch
    ) {
        let system = system(exchange, fields)
        batch.append("db.system.name", text: system)
        let summary = SQLAttributes.append(exchange, fields: fields, comments: comments, rule: rule, to: &batch)
        span.name = summary ?? name(exchange, fields: fields, system: system, to: &batch)
        batch.append("db.namespace", .namespace, of: exchange, fields)
        batch.append("db.collection.name", .collection, of: exchange, fields)
        batch.append("db.operation.name", .method, of: exchange, fields)
        if let count = fields.number(.batchSize, in: exchange.fields), count > 1 {
            batch.append("db.operation.batch.size", int: count)
        }
        switch exchange.protocol {
        // Without values from the outset.
        case .redis, .memcached: batch.append("db.query.text", .statement, of: exchange, fields)
        case .mongodb: batch.append("interspan.compression", .compression, of: exchange, fields)
        default: break
        }
        batch.append("db.response.returned_rows", number: .rows, of: exchange, fields)
        FailureAttributes.append(exchange, fields: fields, code: "db.response.status_code", to: &span, in: &batch)
        ServerAttributes.append(exchange, to: &batch)
    }

    /// `find users`; the system's name where nothing is known.
    private static func name(
        _ exchange: Exchange, fields: borrowing FieldBuffer, system: StaticString, to batch: inout SpanBatch
    ) -> ArenaRange {
        let start = UInt32(batch.bytes.count)
        if fields.has(.method, of: exchange) {
            fields.with(.method, in: exchange.fields) { _ = batch.append(bytes: $0) }
        } else {
            _ = batch.append(text: system)
        }
        fields.with(.collection, in: exchange.fields) { collection in
            guard !collection.isEmpty else { return }
            _ = batch.append(text: " ")
            _ = batch.append(bytes: collection)
        }
        // What changes the database is about the database.
        var isAboutDatabase = false
        fields.with(.method, in: exchange.fields) { isAboutDatabase = ("USE" as StaticString).isEqual(to: $0) }
        if isAboutDatabase {
            fields.with(.namespace, in: exchange.fields) { namespace in
                _ = batch.append(text: " ")
                _ = batch.append(bytes: namespace)
            }
        }
        return ArenaRange(offset: start, count: UInt32(batch.bytes.count) - start)
    }

    private static func system(_ exchange: Exchange, _ fields: borrowing FieldBuffer) -> StaticString {
        switch exchange.protocol {
        // The two speak one protocol; a server that was heard to greet has said which it is.
        case .mysql: fields.has(.version, of: exchange) ? "mariadb" : "mysql"
        case .postgresql: "postgresql"
        case .redis: "redis"
        case .mongodb: "mongodb"
        case .memcached: "memcached"
        default: "other_sql"
        }
    }
}
