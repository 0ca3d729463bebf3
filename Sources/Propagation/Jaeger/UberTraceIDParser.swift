/// Reads the value of Jaeger's `uber-trace-id` (Jaeger's client library specification, "Propagation format").
///
/// `trace:span:parent:flags` in hexadecimal of either case, without a duty to write leading zeros: up to 32 digits for the
/// trace, up to 16 for the span, 1 or 2 for the flags. The caller is the second field. The third names the caller's own
/// parent, is obsolete, and may be anything. Any character may be percent-encoded, as clients do with the colons. White
/// space around the value is ignored. An id of zero, of too many digits or of none is invalid, like another number of
/// fields.
///
/// Of the flags, bit 0 says that the trace is sampled, and bit 1, only together with it, that it is a debug trace, which
/// nothing may drop. OpenTelemetry's SDKs write their own flags there, in which bit 1 says that the trace id is random
/// (W3C Trace Context, level 2): `03` is an everyday sampled trace of theirs, `02` one that is not sampled. They write
/// two digits and ids of 128 bits; Jaeger's clients write debug as the one digit `3`, and by default ids of 64 bits. So
/// two digits with a trace id above 64 bits are no debug trace, only a sampled one. Where that is wrong, a trace is kept
/// by the rules for all others instead of by force; the other mistake would keep all of them by force.
public enum UberTraceIDParser {
    private static let colon = UInt8(ascii: ":")

    /// The context that the bytes say; nil when they are no valid value.
    public static func parse(_ bytes: UnsafeRawBufferPointer) -> TraceContext? {
        var rest = PercentDecoder(bytes.trimmed)
        guard let trace = number(upTo: 32, in: &rest), trace.high | trace.low != 0,
            let span = number(upTo: 16, in: &rest), span.low != 0,
            skipField(in: &rest), let flags = lastNumber(upTo: 2, in: &rest)
        else { return nil }
        let decision: SamplingDecision =
            switch flags.low & 3 {
            case 1: .keep
            case 3: flags.digits == 2 && trace.high != 0 ? .keep : .force
            default: .drop
            }
        return TraceContext(traceHigh: trace.high, traceLow: trace.low, spanID: span.low, decision: decision)
    }

    private struct Number {
        var high: UInt64 = 0
        var low: UInt64 = 0
        var digits = 0

        mutating func append(_ digit: UInt8) {
            high = high << 4 | low >> 60
            low = low << 4 | UInt64(digit)
            digits += 1
        }
    }

    /// A number of at least one digit that a colon ends.
    private static func number(upTo most: Int, in rest: inout PercentDecoder) -> Number? {
        var number = Number()
        while let byte = rest.next() {
            if byte == colon { return number.digits > 0 ? number : nil }
            guard number.digits < most, let digit = byte.hexDigit else { return nil }
            number.append(digit)
        }
        return nil
    }

    /// A number of at least one digit, after which there is nothing.
    private static func lastNumber(upTo most: Int, in rest: inout PercentDecoder) -> Number? {
        var number = Number()
        while let byte = rest.next() {
            guard number.digits < most, let digit = byte.hexDigit else { return nil }
            number.append(digit)
        }
        return number.digits > 0 && !rest.isBroken ? number : nil
    }

    /// Passes over a field and the colon that ends it.
    private static func skipField(in rest: inout PercentDecoder) -> Bool {
        while let byte = rest.next() {
            if byte == colon { return true }
        }
        return false
    }
}
