// opentelemetry/proto/metrics/v1/metrics.proto
extension MessageType {
    /// The fields of metrics and of their kinds.
    var metricFields: [FieldSchema] {
        switch self {
        case .metric:
            [
                .one(1, "name", .string), .one(2, "description", .string), .one(3, "unit", .string),
                .one(5, "gauge", .gauge, oneof: 1, path: .container), .one(7, "sum", .sum, oneof: 1, path: .container),
                .one(9, "histogram", .histogram, oneof: 1, path: .container),
                .one(10, "exponentialHistogram", .exponentialHistogram, oneof: 1, path: .container),
                .one(11, "summary", .summary, oneof: 1, path: .container), .many(12, "metadata", .keyValue),
            ]
        case .gauge: [.many(1, "dataPoints", .numberPoint, path: .item)]
        case .sum:
            [
                .many(1, "dataPoints", .numberPoint, path: .item),
                .one(2, "aggregationTemporality", .aggregationTemporality), .one(3, "isMonotonic", .bool),
            ]
        case .histogram:
            [
                .many(1, "dataPoints", .histogramPoint, path: .item),
                .one(2, "aggregationTemporality", .aggregationTemporality),
            ]
        case .exponentialHistogram:
            [
                .many(1, "dataPoints", .exponentialPoint, path: .item),
                .one(2, "aggregationTemporality", .aggregationTemporality),
            ]
        case .summary: [.many(1, "dataPoints", .summaryPoint, path: .item)]
        default: []
        }
    }

    /// The fields of data points and of what is in them.
    var pointFields: [FieldSchema] {
        switch self {
        case .numberPoint:
            [
                .many(7, "attributes", .keyValue), .one(2, "startTimeUnixNano", .fixed64),
                .one(3, "timeUnixNano", .fixed64), .one(4, "asDouble", .double, oneof: 1),
                .one(6, "asInt", .sfixed64, oneof: 1), .many(5, "exemplars", .exemplar), .one(8, "flags", .uint32),
            ]
        case .histogramPoint:
            [
                .many(9, "attributes", .keyValue), .one(2, "startTimeUnixNano", .fixed64),
                .one(3, "timeUnixNano", .fixed64), .one(4, "count", .fixed64), .one(5, "sum", .double, oneof: 1),
                .many(6, "bucketCounts", .fixed64), .many(7, "explicitBounds", .double),
                .many(8, "exemplars", .exemplar), .one(10, "flags", .uint32), .one(11, "min", .double, oneof: 2),
                .one(12, "max", .double, oneof: 3),
            ]
        case .exponentialPoint:
            [
                .many(1, "attributes", .keyValue), .one(2, "startTimeUnixNano", .fixed64),
                .one(3, "timeUnixNano", .fixed64), .one(4, "count", .fixed64), .one(5, "sum", .double, oneof: 1),
                .one(6, "scale", .sint32), .one(7, "zeroCount", .fixed64), .one(8, "positive", .buckets),
                .one(9, "negative", .buckets), .one(10, "flags", .uint32), .many(11, "exemplars", .exemplar),
                .one(12, "min", .double, oneof: 2), .one(13, "max", .double, oneof: 3),
                .one(14, "zeroThreshold", .double),
            ]
        case .buckets: [.one(1, "offset", .sint32), .many(2, "bucketCounts", .uint64)]
        case .summaryPoint:
            [
                .many(7, "attributes", .keyValue), .one(2, "startTimeUnixNano", .fixed64),
                .one(3, "timeUnixNano", .fixed64), .one(4, "count", .fixed64), .one(5, "sum", .double),
                .many(6, "quantileValues", .quantile), .one(8, "flags", .uint32),
            ]
        case .quantile: [.one(1, "quantile", .double), .one(2, "value", .double)]
        case .exemplar:
            [
                .many(7, "filteredAttributes", .keyValue), .one(2, "timeUnixNano", .fixed64),
                .one(3, "asDouble", .double, oneof: 1), .one(6, "asInt", .sfixed64, oneof: 1),
                .one(4, "spanId", .spanID), .one(5, "traceId", .traceID),
            ]
        default: []
        }
    }
}
