internal import OTLP

/// What keeps a trace for what happened in it: any span that matches any of these keeps all spans of its trace.
struct KeepRules: Sendable, Equatable {
    /// An attribute of a span or of its resource with a value.
    struct AttributeRule: Sendable, Equatable {
        var key: String
        var value: TextPattern
    }

    /// Whether spans with an error status do.
    var errors = false
    /// Spans that took longer, ns; nil: none.
    var slowerThan: UInt64?
    /// Spans that have one of these attributes.
    var attributes: [AttributeRule] = []
    /// Requests that carry one of these headers; names in lower case.
    var headers: [String] = []

    /// Whether there is none.
    var isEmpty: Bool { !errors && slowerThan == nil && attributes.isEmpty && headers.isEmpty }

    /// Why a span keeps its trace; nil when it does not.
    func reason(_ span: SpanData, in batch: borrowing SpanBatch) -> KeepReason? {
        if errors, span.status == .error { return .error }
        if let slowerThan, span.end &- span.start > slowerThan { return .slow }
        return attributes.contains { matches($0, span, in: batch) } ? .attribute : nil
    }

    /// Whether a request that began then is slow by now, although it is not over.
    func isSlow(since start: UInt64, now: UInt64) -> Bool {
        guard let slowerThan, start > 0, now > start else { return false }
        return now - start > slowerThan
    }

    private func matches(_ rule: AttributeRule, _ span: SpanData, in batch: borrowing SpanBatch) -> Bool {
        let range = span.attributes
        for index in Int(range.start)..<Int(range.start + range.count) {
            let attribute = batch.attributes[index]
            if isKeyed(attribute.key, rule.key, in: batch), matches(rule.value, attribute.value, in: batch) {
                return true
            }
        }
        return batch.resources[Int(span.resource)].attributes.contains {
            $0.key == rule.key && rule.value.matches($0.value)
        }
    }

    private func isKeyed(_ key: AttributeKey, _ wanted: String, in batch: borrowing SpanBatch) -> Bool {
        switch key {
        case .known(let text):
            wanted.utf8.count == text.utf8CodeUnitCount && text.withUTF8Buffer { $0.elementsEqual(wanted.utf8) }
        case .named(let range):
            wanted.utf8.count == Int(range.count) && batch.withBytes(of: range) { $0.elementsEqual(wanted.utf8) }
        }
    }

    private func matches(_ pattern: TextPattern, _ value: AttributeValue, in batch: borrowing SpanBatch) -> Bool {
        switch value {
        case .string(let range): batch.withBytes(of: range) { pattern.matches($0) }
        case .text(let text): text.withUTF8Buffer { pattern.matches(UnsafeRawBufferPointer($0)) }
        case .int(let number): pattern.matches(String(number))
        case .double(let number): pattern.matches(DecimalText.format(number))
        case .bool(let isTrue): pattern.matches(String(isTrue))
        case .list(let texts):
            (texts.start..<texts.start &+ texts.count).contains { index in
                batch.withBytes(of: batch.texts[Int(index)]) { pattern.matches($0) }
            }
        }
    }
}

extension TextPattern {
    /// Whether the value of a resource's attribute is one of these; of a list any of its texts.
    fileprivate func matches(_ value: ResourceValue) -> Bool {
        switch value {
        case .string(let text): matches(text)
        case .int(let number): matches(String(number))
        case .strings(let texts): texts.contains { matches($0) }
        }
    }
}
