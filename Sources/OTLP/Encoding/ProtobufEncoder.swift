import COTLPMessages
import CProtobufC
import Glibc

/// Writes spans as an ExportTraceServiceRequest in protobuf: protobuf-c's messages are laid out in an arena, which is
/// taken back as a whole, and packed from there.
///
/// Requests can be joined by joining their bytes (repeated fields add up), so a large one is written in chunks of
/// spans: the arena stays small enough for the processor's cache, and a resource with many spans appears again in each.
struct ProtobufEncoder {
    private static let spansInChunk = 1024

    private let arena = BumpArena()
    private var groups = SpanGroups()

    /// Appends the request with the spans of the slices.
    mutating func encode(_ slices: [SpanSlice], into buffer: ByteBuffer) {
        groups.arrange(slices)
        var group = 0
        var start = 0
        while start < groups.order.count {
            let end = min(start + Self.spansInChunk, groups.order.count)
            encode(start..<end, of: slices, from: &group, into: buffer)
            start = end
        }
    }

    /// Appends a chunk; `group` is the one that its first span is in, and afterwards the one its last span is in.
    private func encode(_ chunk: Range<Int>, of slices: [SpanSlice], from group: inout Int, into buffer: ByteBuffer) {
        arena.reset()
        let spans = arena.allocate(UnsafeMutablePointer<Otlp__Span>?.self, count: chunk.count)
        encodeSpans(chunk, of: slices, into: spans)
        let resourceSpans = arena.allocate(
            UnsafeMutablePointer<Otlp__ResourceSpans>?.self, count: min(chunk.count, groups.resources.count))
        var count = 0
        var start = chunk.lowerBound
        while start < chunk.upperBound {
            while groups.ends[group] <= start { group += 1 }
            let end = min(groups.ends[group], chunk.upperBound)
            resourceSpans[count] = encode(
                groups.resources[group], spans: spans + (start - chunk.lowerBound), count: end - start)
            count += 1
            start = end
        }
        let request = arena.allocate(Otlp__ExportTraceServiceRequest.self)
        otlp__export_trace_service_request__init(request)
        request.pointee.n_resource_spans = count
        request.pointee.resource_spans = resourceSpans
        let size = otlp__export_trace_service_request__get_packed_size(request)
        let target = buffer.reserve(size).bindMemory(to: UInt8.self)
        buffer.advance(by: otlp__export_trace_service_request__pack(request, target.baseAddress))
    }

    // MARK: Resource and scope

    private func encode(
        _ resource: ResourceData?, spans: UnsafeMutablePointer<UnsafeMutablePointer<Otlp__Span>?>, count: Int
    ) -> UnsafeMutablePointer<Otlp__ResourceSpans> {
        let message = arena.allocate(Otlp__ResourceSpans.self)
        otlp__resource_spans__init(message)
        message.pointee.schema_url = text(Conventions.schemaURL)
        message.pointee.n_scope_spans = 1
        message.pointee.scope_spans = arena.allocate(UnsafeMutablePointer<Otlp__ScopeSpans>?.self)
        message.pointee.scope_spans[0] = scopeSpans(spans: spans, count: count)
        guard let resource else { return message }
        let whose = arena.allocate(Otlp__Resource.self)
        otlp__resource__init(whose)
        let list = keyValues(count: resource.attributes.count)
        for (index, attribute) in resource.attributes.enumerated() {
            list.entries[index].key = text(attribute.key)
            set(list.values + index, to: attribute.value)
        }
        whose.pointee.n_attributes = resource.attributes.count
        whose.pointee.attributes = list.pointers
        message.pointee.resource = whose
        return message
    }

    private func scopeSpans(
        spans: UnsafeMutablePointer<UnsafeMutablePointer<Otlp__Span>?>, count: Int
    ) -> UnsafeMutablePointer<Otlp__ScopeSpans> {
        let scope = arena.allocate(Otlp__InstrumentationScope.self)
        otlp__instrumentation_scope__init(scope)
        scope.pointee.name = text(Conventions.scopeName)
        scope.pointee.version = text(Conventions.scopeVersion)
        let message = arena.allocate(Otlp__ScopeSpans.self)
        otlp__scope_spans__init(message)
        message.pointee.scope = scope
        message.pointee.schema_url = text(Conventions.schemaURL)
        message.pointee.n_spans = count
        message.pointee.spans = spans
        return message
    }

    private func set(_ message: UnsafeMutablePointer<Otlp__AnyValue>, to value: ResourceValue) {
        switch value {
        case .string(let string):
            message.pointee.value_case = OTLP__ANY_VALUE__VALUE_STRING_VALUE
            message.pointee.string_value = text(string)
        case .int(let number):
            message.pointee.value_case = OTLP__ANY_VALUE__VALUE_INT_VALUE
            message.pointee.int_value = number
        case .strings(let strings):
            let array = arena.allocate(Otlp__ArrayValue.self)
            otlp__array_value__init(array)
            array.pointee.n_values = strings.count
            array.pointee.values = arena.allocate(
                UnsafeMutablePointer<Otlp__AnyValue>?.self, count: strings.count)
            for (index, string) in strings.enumerated() {
                let element = arena.allocate(Otlp__AnyValue.self)
                otlp__any_value__init(element)
                set(element, to: .string(string))
                array.pointee.values[index] = element
            }
            message.pointee.value_case = OTLP__ANY_VALUE__VALUE_ARRAY_VALUE
            message.pointee.array_value = array
        }
    }

    // MARK: Spans

    /// Lays out the spans of a chunk, in the order of the groups.
    private func encodeSpans(
        _ chunk: Range<Int>, of slices: [SpanSlice],
        into spans: UnsafeMutablePointer<UnsafeMutablePointer<Otlp__Span>?>
    ) {
        var index = chunk.lowerBound
        while index < chunk.upperBound {
            let number = groups.order[index].slice
            let batch = slices[Int(number)].batch
            // As long as the spans come from one batch its arena is looked up once.
            batch.bytes.withUnsafeBytes { bytes in
                while index < chunk.upperBound, groups.order[index].slice == number {
                    let message = arena.allocate(Otlp__Span.self)
                    otlp__span__init(message)
                    encode(batch.spans[Int(groups.order[index].span)], of: batch, bytes: bytes, into: message)
                    spans[index - chunk.lowerBound] = message
                    index += 1
                }
            }
        }
    }

    private func encode(
        _ span: SpanData, of batch: SpanBatch, bytes: UnsafeRawBufferPointer,
        into message: UnsafeMutablePointer<Otlp__Span>
    ) {
        message.pointee.trace_id = id(span.traceID)
        message.pointee.span_id = id(span.spanID)
        if span.parentSpanID != 0 { message.pointee.parent_span_id = id(span.parentSpanID) }
        message.pointee.trace_state = text(span.traceState, in: bytes)
        message.pointee.name = text(span.name, in: bytes)
        message.pointee.kind = Otlp__Span__SpanKind(UInt32(span.kind.rawValue))
        message.pointee.start_time_unix_nano = span.start
        message.pointee.end_time_unix_nano = span.end
        message.pointee.flags = span.flags
        let attributes = encode(span.attributes, of: batch, bytes: bytes)
        message.pointee.n_attributes = attributes.count
        message.pointee.attributes = attributes.pointers
        if span.status != .unset || span.statusMessage.count > 0 {
            let status = arena.allocate(Otlp__Status.self)
            otlp__status__init(status)
            status.pointee.code = Otlp__Status__StatusCode(UInt32(span.status.rawValue))
            status.pointee.message = text(span.statusMessage, in: bytes)
            message.pointee.status = status
        }
        guard span.links.count > 0 else { return }
        let range = batch.links.indices(of: span.links)
        let links = arena.allocate(UnsafeMutablePointer<Otlp__Span__Link>?.self, count: range.count)
        for (index, link) in batch.links[range].enumerated() {
            let target = arena.allocate(Otlp__Span__Link.self)
            otlp__span__link__init(target)
            target.pointee.trace_id = id(link.traceID)
            target.pointee.span_id = id(link.spanID)
            let attributes = encode(link.attributes, of: batch, bytes: bytes)
            target.pointee.n_attributes = attributes.count
            target.pointee.attributes = attributes.pointers
            links[index] = target
        }
        message.pointee.n_links = range.count
        message.pointee.links = links
    }

    private func encode(
        _ range: IndexRange, of batch: SpanBatch, bytes: UnsafeRawBufferPointer
    ) -> (count: Int, pointers: UnsafeMutablePointer<UnsafeMutablePointer<Otlp__KeyValue>?>?) {
        guard range.count > 0 else { return (0, nil) }
        let indices = batch.attributes.indices(of: range)
        let list = keyValues(count: indices.count)
        var target = 0
        for index in indices {
            let attribute = batch.attributes[index]
            switch attribute.key {
            case .known(let key): list.entries[target].key = text(key)
            case .named(let range): list.entries[target].key = text(range, in: bytes)
            }
            set(list.values + target, to: attribute.value, of: batch, bytes: bytes)
            target += 1
        }
        return (indices.count, list.pointers)
    }

    @inline(__always)
    private func set(
        _ message: UnsafeMutablePointer<Otlp__AnyValue>, to value: AttributeValue, of batch: SpanBatch,
        bytes: UnsafeRawBufferPointer
    ) {
        switch value {
        case .string(let range):
            message.pointee.value_case = OTLP__ANY_VALUE__VALUE_STRING_VALUE
            message.pointee.string_value = text(range, in: bytes)
        case .text(let string):
            message.pointee.value_case = OTLP__ANY_VALUE__VALUE_STRING_VALUE
            message.pointee.string_value = text(string)
        case .int(let number):
            message.pointee.value_case = OTLP__ANY_VALUE__VALUE_INT_VALUE
            message.pointee.int_value = number
        case .double(let number):
            message.pointee.value_case = OTLP__ANY_VALUE__VALUE_DOUBLE_VALUE
            message.pointee.double_value = number
        case .bool(let flag):
            message.pointee.value_case = OTLP__ANY_VALUE__VALUE_BOOL_VALUE
            message.pointee.bool_value = flag ? 1 : 0
        case .list(let texts): set(message, to: batch.texts[batch.texts.indices(of: texts)], bytes: bytes)
        }
    }

    private func set(
        _ message: UnsafeMutablePointer<Otlp__AnyValue>, to texts: ArraySlice<ArenaRange>,
        bytes: UnsafeRawBufferPointer
    ) {
        let array = arena.allocate(Otlp__ArrayValue.self)
        otlp__array_value__init(array)
        array.pointee.n_values = texts.count
        array.pointee.values = arena.allocate(UnsafeMutablePointer<Otlp__AnyValue>?.self, count: texts.count)
        for (index, range) in texts.enumerated() {
            let element = arena.allocate(Otlp__AnyValue.self)
            otlp__any_value__init(element)
            element.pointee.value_case = OTLP__ANY_VALUE__VALUE_STRING_VALUE
            element.pointee.string_value = text(range, in: bytes)
            array.pointee.values[index] = element
        }
        message.pointee.value_case = OTLP__ANY_VALUE__VALUE_ARRAY_VALUE
        message.pointee.array_value = array
    }

    // MARK: Pieces

    /// So many initialised pairs, each with its value, and the pointers to them that a message wants.
    @inline(__always)
    private func keyValues(
        count: Int
    ) -> (
        pointers: UnsafeMutablePointer<UnsafeMutablePointer<Otlp__KeyValue>?>,
        entries: UnsafeMutablePointer<Otlp__KeyValue>, values: UnsafeMutablePointer<Otlp__AnyValue>
    ) {
        let pointers = arena.allocate(UnsafeMutablePointer<Otlp__KeyValue>?.self, count: count)
        let entries = arena.allocate(Otlp__KeyValue.self, count: count)
        let values = arena.allocate(Otlp__AnyValue.self, count: count)
        for index in 0..<count {
            otlp__key_value__init(entries + index)
            otlp__any_value__init(values + index)
            entries[index].value = values + index
            pointers[index] = entries + index
        }
        return (pointers, entries, values)
    }

    @inline(__always)
    private func id(_ id: TraceID) -> ProtobufCBinaryData {
        let data = arena.allocate(UInt64.self, count: 2)
        data[0] = id.high.bigEndian
        data[1] = id.low.bigEndian
        return ProtobufCBinaryData(len: 16, data: UnsafeMutableRawPointer(data).assumingMemoryBound(to: UInt8.self))
    }

    @inline(__always)
    private func id(_ id: UInt64) -> ProtobufCBinaryData {
        let data = arena.allocate(UInt64.self)
        data.pointee = id.bigEndian
        return ProtobufCBinaryData(len: 8, data: UnsafeMutableRawPointer(data).assumingMemoryBound(to: UInt8.self))
    }

    /// A copy in the arena: the batch's own bytes need not stay where they are until everything is packed.
    @inline(__always)
    private func text(_ range: ArenaRange, in bytes: UnsafeRawBufferPointer) -> ProtobufCBinaryData {
        guard range.count > 0 else { return ProtobufCBinaryData() }
        return Text.withValidUTF8(bytes.bytes(of: range)) { ProtobufCBinaryData(len: $0.count, data: arena.copy($0)) }
    }

    private func text(_ string: String) -> ProtobufCBinaryData {
        var string = string
        return string.withUTF8 {
            ProtobufCBinaryData(len: $0.count, data: arena.copy(UnsafeRawBufferPointer($0)))
        }
    }

    /// Text of the program itself stays where it is, and packing only reads.
    @inline(__always)
    private func text(_ string: StaticString) -> ProtobufCBinaryData {
        guard string.hasPointerRepresentation else {
            return string.withUTF8Buffer {
                ProtobufCBinaryData(len: $0.count, data: arena.copy(UnsafeRawBufferPointer($0)))
            }
        }
        return ProtobufCBinaryData(
            len: string.utf8CodeUnitCount, data: UnsafeMutablePointer(mutating: string.utf8Start))
    }
}
