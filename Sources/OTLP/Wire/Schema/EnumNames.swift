/// The enumerations of opentelemetry-proto. Their values are numbered from 0 without gaps.
enum EnumNames: UInt8, Sendable, CaseIterable {
    case spanKind
    case statusCode
    case severityNumber
    case aggregationTemporality

    /// The names, by number.
    var names: [StaticString] {
        switch self {
        case .spanKind: Self.spanKinds
        case .statusCode: Self.statusCodes
        case .severityNumber: Self.severityNumbers
        case .aggregationTemporality: Self.aggregationTemporalities
        }
    }

    /// The number of a name; nil if it is none.
    func number(of name: UnsafeRawBufferPointer) -> Int32? {
        names.firstIndex { $0.withUTF8Buffer { name.elementsEqual($0) } }.map { Int32($0) }
    }

    private static let spanKinds: [StaticString] = [
        "SPAN_KIND_UNSPECIFIED", "SPAN_KIND_INTERNAL", "SPAN_KIND_SERVER", "SPAN_KIND_CLIENT", "SPAN_KIND_PRODUCER",
        "SPAN_KIND_CONSUMER",
    ]
    private static let statusCodes: [StaticString] = ["STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"]
    private static let severityNumbers: [StaticString] = [
        "SEVERITY_NUMBER_UNSPECIFIED",
        "SEVERITY_NUMBER_TRACE", "SEVERITY_NUMBER_TRACE2", "SEVERITY_NUMBER_TRACE3", "SEVERITY_NUMBER_TRACE4",
        "SEVERITY_NUMBER_DEBUG", "SEVERITY_NUMBER_DEBUG2", "SEVERITY_NUMBER_DEBUG3", "SEVERITY_NUMBER_DEBUG4",
        "SEVERITY_NUMBER_INFO", "SEVERITY_NUMBER_INFO2", "SEVERITY_NUMBER_INFO3", "SEVERITY_NUMBER_INFO4",
        "SEVERITY_NUMBER_WARN", "SEVERITY_NUMBER_WARN2", "SEVERITY_NUMBER_WARN3", "SEVERITY_NUMBER_WARN4",
        "SEVERITY_NUMBER_ERROR", "SEVERITY_NUMBER_ERROR2", "SEVERITY_NUMBER_ERROR3", "SEVERITY_NUMBER_ERROR4",
        "SEVERITY_NUMBER_FATAL", "SEVERITY_NUMBER_FATAL2", "SEVERITY_NUMBER_FATAL3", "SEVERITY_NUMBER_FATAL4",
    ]
    private static let aggregationTemporalities: [StaticString] = [
        "AGGREGATION_TEMPORALITY_UNSPECIFIED", "AGGREGATION_TEMPORALITY_DELTA", "AGGREGATION_TEMPORALITY_CUMULATIVE",
    ]
}
