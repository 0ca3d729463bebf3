import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP
@testable import Propagation

/// The span that a closed exchange becomes by itself, with its attributes as text, each of which stands once.
func mapped(
    _ linked: LinkedExchange, fields: FieldBuffer, offset: Int64 = 0, mapper: SpanMapper = SpanMapper()
) -> (span: SpanData, batch: SpanBatch, attributes: [String: String]) {
    var merger = Merger(options: MergeOptions(), reader: ContextReader(order: [.tracecontext]))
    merger.open(linked, fields: fields)
    let place = merger.close(linked, fields: fields)
    var batch = SpanBatch()
    var mapper = mapper
    mapper.append(
        linked.exchange, fields: fields, place: place, resource: ResourceData(attributes: []),
        wallClockOffset: offset, to: &batch)
    return (batch.spans[0], batch, attributes(of: batch.spans[0], in: batch))
}

/// A span's attributes as text; a list has commas between its members.
func attributes(of span: SpanData, in batch: SpanBatch) -> [String: String] {
    var attributes: [String: String] = [:]
    for attribute in batch.attributes[
        Int(span.attributes.start)..<Int(span.attributes.start + span.attributes.count)]
    {
        let key =
            switch attribute.key {
            case .known(let key): key.description
            case .named(let range): batch.string(range)
            }
        #expect(attributes[key] == nil, "\(key) stands twice")
        switch attribute.value {
        case .string(let range): attributes[key] = batch.string(range)
        case .text(let text): attributes[key] = text.description
        case .int(let number): attributes[key] = String(number)
        case .double(let number): attributes[key] = String(number)
        case .bool(let truth): attributes[key] = String(truth)
        case .list(let range):
            let texts = batch.texts[Int(range.start)..<Int(range.start + range.count)]
            attributes[key] = texts.map(batch.string).joined(separator: ",")
        }
    }
    return attributes
}
