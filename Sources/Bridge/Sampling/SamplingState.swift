internal import OTLP

/// OpenTelemetry's own member of a W3C `tracestate`, as far as sampling goes: `ot=th:fd70a;rv:0123456789abcd`
/// (OpenTelemetry specification, "TraceState Handling").
struct SamplingState: Equatable {
    /// Most characters of a member's value.
    private static let maximumValue = 256

    /// `th`: the greatest threshold by which the trace has been sampled; nil when there is none, or it is not valid.
    private(set) var threshold: SamplingThreshold?
    /// `rv`: randomness to be used instead of the trace id's; nil likewise.
    private(set) var randomness: UInt64?

    /// What a state says; its members are valid ones, without white space around them.
    init(_ state: UnsafeRawBufferPointer) {
        Self.forEach(in: state, at: UInt8(ascii: ",")) { member in
            guard let value = Self.ownValue(of: member) else { return }
            Self.forEach(in: value, at: UInt8(ascii: ";")) { pair in
                if let digits = Self.value(of: pair, "th") {
                    threshold = SamplingThreshold(digits)
                } else if let digits = Self.value(of: pair, "rv"), digits.count == SamplingThreshold.maximumDigits {
                    randomness = SamplingThreshold(digits)?.value
                }
            }
        }
    }

    /// Writes a state into a batch's arena with another threshold, or with none: `ot` first, as what was changed comes
    /// first, and in it what else it says; then the others as they were.
    ///
    /// - Parameters:
    ///   - state: as it came; may be empty.
    ///   - threshold: nil when it is not known with which probability the trace was kept.
    static func append(
        _ state: UnsafeRawBufferPointer, threshold: SamplingThreshold?, to batch: inout SpanBatch
    ) -> ArenaRange {
        let start = UInt32(batch.bytes.count)
        var count: UInt32 { UInt32(batch.bytes.count) - start }
        if let threshold {
            _ = batch.append(text: "ot=th:")
            _ = threshold.withText { batch.append(bytes: $0) }
        }
        forEach(in: state, at: UInt8(ascii: ",")) { member in
            guard let value = ownValue(of: member) else { return }
            forEach(in: value, at: UInt8(ascii: ";")) { pair in
                guard self.value(of: pair, "th") == nil, Int(count) + pair.count < maximumValue else { return }
                _ = batch.append(text: count == 0 ? "ot=" : ";")
                _ = batch.append(bytes: pair)
            }
        }
        forEach(in: state, at: UInt8(ascii: ",")) { member in
            guard ownValue(of: member) == nil else { return }
            if count > 0 { _ = batch.append(text: ",") }
            _ = batch.append(bytes: member)
        }
        return ArenaRange(offset: start, count: count)
    }

    private static func ownValue(of member: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard member.count > 3, member[0] == UInt8(ascii: "o"), member[1] == UInt8(ascii: "t"),
            member[2] == UInt8(ascii: "=")
        else { return nil }
        return UnsafeRawBufferPointer(rebasing: member[3...])
    }

    /// What stands behind a key of two letters.
    private static func value(of pair: UnsafeRawBufferPointer, _ key: StaticString) -> UnsafeRawBufferPointer? {
        guard pair.count >= 3, pair[0] == key.utf8Start[0], pair[1] == key.utf8Start[1],
            pair[2] == UInt8(ascii: ":")
        else { return nil }
        return UnsafeRawBufferPointer(rebasing: pair[3...])
    }

    private static func forEach(
        in text: UnsafeRawBufferPointer, at separator: UInt8, _ body: (UnsafeRawBufferPointer) -> Void
    ) {
        var start = 0
        while start < text.count {
            let end = text[start...].firstIndex(of: separator) ?? text.count
            if end > start { body(UnsafeRawBufferPointer(rebasing: text[start..<end])) }
            start = end + 1
        }
    }
}
