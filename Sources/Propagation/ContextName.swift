/// A name that a part of a context stands under.
enum ContextName: String, CaseIterable {
    case traceparent
    case tracestate
    case sw8
    case uberTraceID = "uber-trace-id"
    case b3
    case b3TraceID = "x-b3-traceid"
    case b3SpanID = "x-b3-spanid"
    case b3Sampled = "x-b3-sampled"
    case b3Flags = "x-b3-flags"
    case xray = "x-amzn-trace-id"
    case otTraceID = "ot-tracer-traceid"
    case otSpanID = "ot-tracer-spanid"
    case otSampled = "ot-tracer-sampled"
    case datadogTraceID = "x-datadog-trace-id"
    case datadogParentID = "x-datadog-parent-id"
    case datadogPriority = "x-datadog-sampling-priority"
    case datadogTags = "x-datadog-tags"
    case cloudTrace = "x-cloud-trace-context"
    case brpcTraceID = "x-bd-trace-id"
    case brpcSpanID = "x-bd-span-id"

    /// The dialect it is a part of.
    var propagator: Propagator {
        switch self {
        case .traceparent, .tracestate: .tracecontext
        case .sw8: .sw8
        case .uberTraceID: .jaeger
        case .b3, .b3TraceID, .b3SpanID, .b3Sampled, .b3Flags: .b3
        case .xray: .xray
        case .otTraceID, .otSpanID, .otSampled: .ottrace
        case .datadogTraceID, .datadogParentID, .datadogPriority, .datadogTags: .datadog
        case .cloudTrace: .cloudtrace
        case .brpcTraceID, .brpcSpanID: .brpc
        }
    }

    /// What a name on the wire means, whatever its case; nil when it carries no context.
    ///
    /// Asked of every field that may carry one: its length, and for some lengths one more byte, leave one name to compare.
    init?(_ name: UnsafeRawBufferPointer) {
        let guess: ContextName
        let text: StaticString
        switch name.count {
        case 2: (guess, text) = (.b3, "b3")
        case 3: (guess, text) = (.sw8, "sw8")
        case 10: (guess, text) = name[0] | 0x20 == t ? (.tracestate, "tracestate") : (.b3Flags, "x-b3-flags")
        case 11: (guess, text) = name[0] | 0x20 == t ? (.traceparent, "traceparent") : (.b3SpanID, "x-b3-spanid")
        case 12:
            (guess, text) =
                switch name[6] | 0x20 {
                case UInt8(ascii: "r"): (.b3TraceID, "x-b3-traceid")
                case UInt8(ascii: "a"): (.b3Sampled, "x-b3-sampled")
                default: (.brpcSpanID, "x-bd-span-id")
                }
        case 13:
            (guess, text) =
                name[0] | 0x20 == UInt8(ascii: "u")
                ? (.uberTraceID, "uber-trace-id") : (.brpcTraceID, "x-bd-trace-id")
        case 14: (guess, text) = (.datadogTags, "x-datadog-tags")
        case 15: (guess, text) = (.xray, "x-amzn-trace-id")
        case 16: (guess, text) = (.otSpanID, "ot-tracer-spanid")
        case 17:
            (guess, text) =
                name[10] | 0x20 == t ? (.otTraceID, "ot-tracer-traceid") : (.otSampled, "ot-tracer-sampled")
        case 18: (guess, text) = (.datadogTraceID, "x-datadog-trace-id")
        case 19: (guess, text) = (.datadogParentID, "x-datadog-parent-id")
        case 21: (guess, text) = (.cloudTrace, "x-cloud-trace-context")
        case 27: (guess, text) = (.datadogPriority, "x-datadog-sampling-priority")
        default: return nil
        }
        guard name.equalsIgnoringCase(text) else { return nil }
        self = guess
    }
}

private let t = UInt8(ascii: "t")
