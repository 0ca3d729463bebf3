import OTLP

extension SpanBatch {
    /// Takes over plain values, as the agent does with what it has seen: keys are text of the program, values are
    /// copied.
    mutating func fill(from request: PlainRequest, resource: ResourceData) {
        removeAll()
        let resource = index(of: resource)
        for plain in request.spans {
            var span = SpanData(
                traceID: TraceID(high: plain.traceID.high, low: plain.traceID.low), spanID: plain.spanID,
                parentSpanID: plain.parentSpanID, kind: SpanKind(rawValue: plain.kind) ?? .unspecified,
                start: plain.start, end: plain.end, resource: resource)
            span.flags = plain.flags
            span.name = append(string: plain.name)
            if let failure = plain.failure {
                span.status = .error
                span.statusMessage = append(string: failure)
            }
            span.attributes = IndexRange(start: UInt32(attributes.count), count: UInt32(plain.attributes.count))
            for attribute in plain.attributes {
                let value: AttributeValue =
                    switch attribute.value {
                    case .string(let string): .string(append(string: string))
                    case .int(let number): .int(number)
                    }
                append(Attribute(key: .known(attribute.key.fixed), value: value))
            }
            append(span)
        }
    }
}

extension ResourceData {
    /// The resource of plain values.
    convenience init(_ request: PlainRequest) {
        self.init(
            attributes: request.resource.map { attribute in
                switch attribute.value {
                case .string(let string): (attribute.key.string, .string(string))
                case .int(let number): (attribute.key.string, .int(number))
                }
            })
    }
}
