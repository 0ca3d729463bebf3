// opentelemetry/proto/logs/v1/logs.proto
extension MessageType {
    /// The fields of a log record.
    var logFields: [FieldSchema] {
        [
            .one(1, "timeUnixNano", .fixed64), .one(11, "observedTimeUnixNano", .fixed64),
            .one(2, "severityNumber", .severityNumber), .one(3, "severityText", .string),
            .one(5, "body", .anyValue), .many(6, "attributes", .keyValue), .one(7, "droppedAttributesCount", .uint32),
            .one(8, "flags", .fixed32), .one(9, "traceId", .traceID), .one(10, "spanId", .spanID),
            .one(12, "eventName", .string),
        ]
    }
}
