import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP
@testable import Propagation

/// The span that a closed exchange becomes by itself, with its attributes as text, each of which stands once.
func mapped(
    _ linked: LinkedExchange, fields: FieldBuffer, offset: Int64 = 0
) -> (span: SpanData, batch: SpanBatch, attributes: [String: String]) {
    var merger = Merger(options: MergeOptions(), reader: ContextReader(order: [.tracecontext]))
    merger.open(linked, fields: fields)
    let place = merger.close(linked, fields: fields)
    var batch = SpanBatch()
    var mapper = SpanMapper()
    mapper.append(
        linked.exchange, fields: fields, place: place, resource: ResourceData(attributes: []),
        wallClockOffset: offset, to: &batch)
    let span = batch.spans[0]
    var attributes: [String: String] = [:]
    for attribute in batch.attributes[
        Int(span.attributes.start)..<Int(span.attributes.start + span.attributes.count)]
    {
        guard case .known(let key) = attribute.key else { continue }
        #expect(attributes[key.description] == nil, "\(key) stands twice")
        switch attribute.value {
        case .string(let range): attributes[key.description] = batch.string(range)
        case .text(let text): attributes[key.description] = text.description
        case .int(let number): attributes[key.description] = String(number)
        case .double(let number): attributes[key.description] = String(number)
        case .bool(let truth): attributes[key.description] = String(truth)
        }
    }
    return (span, batch, attributes)
}
