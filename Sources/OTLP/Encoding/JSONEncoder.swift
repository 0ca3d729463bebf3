/// Writes spans as an ExportTraceServiceRequest in OTLP/JSON: protobuf's JSON mapping with ids in lower-case hexadecimal
/// and enumerations as numbers
/// (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding). One line, without its end.
struct JSONEncoder {
    private var groups = SpanGroups()

    /// Appends the request with the spans of the slices.
    mutating func encode(_ slices: [SpanSlice], into buffer: ByteBuffer) {
        groups.arrange(slices)
        let out = JSONWriter(buffer: buffer)
        out.raw("{\"resourceSpans\":[")
        var start = 0
        for (index, resource) in groups.resources.enumerated() {
            if index > 0 { out.raw(",") }
            out.raw("{\"resource\":")
            write(resource, to: out)
            out.raw(",\"scopeSpans\":[{\"scope\":{\"name\":")
            out.string(Conventions.scopeName)
            out.raw(",\"version\":")
            out.string(Conventions.scopeVersion)
            out.raw("},\"spans\":[")
            let end = groups.ends[index]
            var next = start
            while next < end { next = write(from: next, after: start, until: end, of: slices, to: out) }
            start = end
            out.raw("],\"schemaUrl\":")
            out.string(Conventions.schemaURL)
            out.raw("}],\"schemaUrl\":")
            out.string(Conventions.schemaURL)
            out.raw("}")
        }
        out.raw("]}")
    }

    /// Writes spans of one batch, which mostly follow each other: what is the same for all of them is fetched once.
    ///
    /// - Returns: the place of the first that is of another batch, or `end`.
    private func write(
        from first: Int, after start: Int, until end: Int, of slices: [SpanSlice], to out: JSONWriter
    ) -> Int {
        let slice = groups.order[first].slice
        let batch = slices[Int(slice)].batch
        return batch.bytes.withUnsafeBytes { bytes in
            let writer = SpanWriter(batch: batch, bytes: bytes, out: out)
            var next = first
            while next < end, groups.order[next].slice == slice {
                if next > start { out.raw(",") }
                writer.write(batch.spans[Int(groups.order[next].span)])
                next += 1
            }
            return next
        }
    }

    private func write(_ resource: ResourceData?, to out: JSONWriter) {
        out.raw("{\"attributes\":[")
        for (index, attribute) in (resource?.attributes ?? []).enumerated() {
            if index > 0 { out.raw(",") }
            out.raw("{\"key\":")
            out.string(attribute.key)
            out.raw(",\"value\":")
            write(attribute.value, to: out)
            out.raw("}")
        }
        out.raw("]}")
    }

    private func write(_ value: ResourceValue, to out: JSONWriter) {
        switch value {
        case .string(let string):
            out.raw("{\"stringValue\":")
            out.string(string)
            out.raw("}")
        case .int(let number):
            out.raw("{\"intValue\":\"")
            out.decimal(number)
            out.raw("\"}")
        case .strings(let strings):
            out.raw("{\"arrayValue\":{\"values\":[")
            for (index, string) in strings.enumerated() {
                if index > 0 { out.raw(",") }
                write(.string(string), to: out)
            }
            out.raw("]}}")
        }
    }
}

/// Writes the spans of one batch as JSON.
private struct SpanWriter {
    let batch: SpanBatch
    let bytes: UnsafeRawBufferPointer
    let out: JSONWriter

    func write(_ span: SpanData) {
        out.raw("{\"traceId\":\"")
        out.hex(span.traceID.high)
        out.hex(span.traceID.low)
        out.raw("\",\"spanId\":\"")
        out.hex(span.spanID)
        if span.parentSpanID != 0 {
            out.raw("\",\"parentSpanId\":\"")
            out.hex(span.parentSpanID)
        }
        out.raw("\"")
        if span.traceState.count > 0 {
            out.raw(",\"traceState\":")
            out.string(bytes.bytes(of: span.traceState))
        }
        if span.flags != 0 {
            out.raw(",\"flags\":")
            out.decimal(UInt64(span.flags))
        }
        out.raw(",\"name\":")
        out.string(bytes.bytes(of: span.name))
        out.raw(",\"kind\":")
        out.decimal(UInt64(span.kind.rawValue))
        out.raw(",\"startTimeUnixNano\":\"")
        out.decimal(span.start)
        out.raw("\",\"endTimeUnixNano\":\"")
        out.decimal(span.end)
        out.raw("\"")
        write(span.attributes)
        write(links: span.links)
        writeStatus(of: span)
        out.raw("}")
    }

    private func write(links: IndexRange) {
        guard links.count > 0 else { return }
        out.raw(",\"links\":[")
        for (index, link) in batch.links[batch.links.indices(of: links)].enumerated() {
            out.raw(index > 0 ? ",{\"traceId\":\"" : "{\"traceId\":\"")
            out.hex(link.traceID.high)
            out.hex(link.traceID.low)
            out.raw("\",\"spanId\":\"")
            out.hex(link.spanID)
            out.raw("\"")
            write(link.attributes)
            out.raw("}")
        }
        out.raw("]")
    }

    /// The status is there even when it is unset, as in what the Collector writes.
    private func writeStatus(of span: SpanData) {
        out.raw(",\"status\":{")
        if span.status != .unset {
            out.raw("\"code\":")
            out.decimal(UInt64(span.status.rawValue))
        }
        if span.statusMessage.count > 0 {
            out.raw(span.status != .unset ? ",\"message\":" : "\"message\":")
            out.string(bytes.bytes(of: span.statusMessage))
        }
        out.raw("}")
    }

    private func write(_ attributes: IndexRange) {
        guard attributes.count > 0 else { return }
        out.raw(",\"attributes\":[")
        let places = batch.attributes.indices(of: attributes)
        for place in places {
            let attribute = batch.attributes[place]
            out.raw(place > places.lowerBound ? ",{\"key\":" : "{\"key\":")
            switch attribute.key {
            case .known(let key): out.string(key)
            case .named(let range): out.string(bytes.bytes(of: range))
            }
            out.raw(",\"value\":")
            write(attribute.value)
            out.raw("}")
        }
        out.raw("]")
    }

    private func write(_ value: AttributeValue) {
        switch value {
        case .string(let range):
            out.raw("{\"stringValue\":")
            out.string(bytes.bytes(of: range))
        case .text(let text):
            out.raw("{\"stringValue\":")
            out.string(text)
        case .int(let number):
            out.raw("{\"intValue\":\"")
            out.decimal(number)
            out.raw("\"")
        case .double(let number):
            out.raw("{\"doubleValue\":")
            out.double(number)
        case .bool(let flag):
            out.raw(flag ? "{\"boolValue\":true" : "{\"boolValue\":false")
        case .list(let texts):
            out.raw("{\"arrayValue\":{\"values\":[")
            for (index, range) in batch.texts[batch.texts.indices(of: texts)].enumerated() {
                out.raw(index > 0 ? ",{\"stringValue\":" : "{\"stringValue\":")
                out.string(bytes.bytes(of: range))
                out.raw("}")
            }
            out.raw("]}")
        }
        out.raw("}")
    }
}
