/// The messages of opentelemetry-proto 1.x that an export request can have in it.
enum MessageType: UInt8, Sendable, CaseIterable {
    case traceRequest, resourceSpans, scopeSpans, span, spanEvent, spanLink, status
    case metricsRequest, resourceMetrics, scopeMetrics, metric, gauge, sum, histogram, exponentialHistogram, summary
    case numberPoint, histogramPoint, exponentialPoint, buckets, summaryPoint, quantile, exemplar
    case logsRequest, resourceLogs, scopeLogs, logRecord
    case resource, scope, entityRef, keyValue, keyValueList, arrayValue, anyValue
    /// One that nothing is known of: a group.
    case unknown

    /// The request of a signal.
    init(requestOf signal: Signal) {
        switch signal {
        case .traces: self = .traceRequest
        case .metrics: self = .metricsRequest
        case .logs: self = .logsRequest
        }
    }

    /// Its fields, in the order in which they are written as JSON. Held against the published descriptors by
    /// `Tests/Peers/check_schema.py`.
    var fields: [FieldSchema] {
        switch self {
        case .traceRequest: [.many(1, "resourceSpans", .resourceSpans, path: .container)]
        case .resourceSpans:
            [
                .one(1, "resource", .resource), .many(2, "scopeSpans", .scopeSpans, path: .container),
                .one(3, "schemaUrl", .string),
            ]
        case .scopeSpans:
            [.one(1, "scope", .scope), .many(2, "spans", .span, path: .item), .one(3, "schemaUrl", .string)]
        case .span, .spanEvent, .spanLink, .status: spanFields
        case .metricsRequest: [.many(1, "resourceMetrics", .resourceMetrics, path: .container)]
        case .resourceMetrics:
            [
                .one(1, "resource", .resource), .many(2, "scopeMetrics", .scopeMetrics, path: .container),
                .one(3, "schemaUrl", .string),
            ]
        case .scopeMetrics:
            [
                .one(1, "scope", .scope), .many(2, "metrics", .metric, path: .container),
                .one(3, "schemaUrl", .string),
            ]
        case .metric, .gauge, .sum, .histogram, .exponentialHistogram, .summary: metricFields
        case .numberPoint, .histogramPoint, .exponentialPoint, .buckets, .summaryPoint, .quantile, .exemplar:
            pointFields
        case .logsRequest: [.many(1, "resourceLogs", .resourceLogs, path: .container)]
        case .resourceLogs:
            [
                .one(1, "resource", .resource), .many(2, "scopeLogs", .scopeLogs, path: .container),
                .one(3, "schemaUrl", .string),
            ]
        case .scopeLogs:
            [.one(1, "scope", .scope), .many(2, "logRecords", .logRecord, path: .item), .one(3, "schemaUrl", .string)]
        case .logRecord: logFields
        case .resource, .scope, .entityRef, .keyValue, .keyValueList, .arrayValue, .anyValue: commonFields
        case .unknown: []
        }
    }
}
