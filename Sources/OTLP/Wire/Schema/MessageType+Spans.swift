// opentelemetry/proto/trace/v1/trace.proto
extension MessageType {
    /// The fields of what spans are made of.
    var spanFields: [FieldSchema] {
        switch self {
        case .span:
            [
                .one(1, "traceId", .traceID), .one(2, "spanId", .spanID), .one(3, "traceState", .string),
                .one(4, "parentSpanId", .spanID), .one(16, "flags", .fixed32), .one(5, "name", .string),
                .one(6, "kind", .spanKind), .one(7, "startTimeUnixNano", .fixed64),
                .one(8, "endTimeUnixNano", .fixed64), .many(9, "attributes", .keyValue),
                .one(10, "droppedAttributesCount", .uint32), .many(11, "events", .spanEvent),
                .one(12, "droppedEventsCount", .uint32), .many(13, "links", .spanLink),
                .one(14, "droppedLinksCount", .uint32), .one(15, "status", .status),
            ]
        case .spanEvent:
            [
                .one(1, "timeUnixNano", .fixed64), .one(2, "name", .string), .many(3, "attributes", .keyValue),
                .one(4, "droppedAttributesCount", .uint32),
            ]
        case .spanLink:
            [
                .one(1, "traceId", .traceID), .one(2, "spanId", .spanID), .one(3, "traceState", .string),
                .many(4, "attributes", .keyValue), .one(5, "droppedAttributesCount", .uint32),
                .one(6, "flags", .fixed32),
            ]
        case .status: [.one(2, "message", .string), .one(3, "code", .statusCode)]
        default: []
        }
    }
}
