/// A request that is not what OTLP says, as a whole: the peer must not send it again.
struct MalformedTelemetry: Error, Equatable {
    /// Why, in a line; nothing of what was received is in it.
    let message: String

    /// Why, as it is written in the source.
    init(_ message: StaticString) { self.message = message.description }

    /// What is wrong with a field.
    init(_ field: FieldSchema, _ message: StaticString) { self.message = "\(field.name): \(message)" }
}
