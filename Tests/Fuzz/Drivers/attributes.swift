import Capture
import OTLP

// HTTP exchanges to the attributes of their spans. The lines of an input are target, authority, method, version and user
// agent; the first byte says which end it is and what the peer's address is.

/// One input, from libFuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ start: UnsafeRawPointer, _ count: Int) -> Int32 {
    var cursor = Cursor(UnsafeRawBufferPointer(start: start, count: count))
    let options = cursor.byte()
    let isServer = options & 1 != 0
    var fields = FieldBuffer()
    var target = UnsafeRawBufferPointer(start: nil, count: 0)
    for key in [FieldKey.target, .authority, .method, .version, .userAgent] {
        guard !cursor.isAtEnd else { break }
        let value = cursor.run(until: [0x0A])
        if key == .target { target = UnsafeRawBufferPointer(rebasing: value.prefix(FieldBuffer.maximumValue)) }
        fields.append(key, .requestHeader, value: value)
    }
    let peer: Endpoint =
        switch options >> 1 & 3 {
        case 0: Endpoint(ipv4: 0x0A00_0001, port: 80)
        case 1: Endpoint(family: .ipv6, port: 8080, high: 0xFE80_0000_0000_0000, low: UInt64(options))
        default: Endpoint(family: .unix, port: 0, high: 7, low: 0)
        }
    let id = ExchangeID(high: 1, low: 2)
    var exchange = Exchange(
        end: ExchangeEnd(id: id, role: isServer ? .server : .client), protocol: .http1, socket: 1, process: .none,
        local: peer, peer: peer, requestStart: ExecutionPoint(time: 1))
    exchange.fields = FieldRange(start: 0, count: UInt32(fields.fields.count))
    exchange.status = Int32(options >> 3) * 20
    var batch = SpanBatch()
    let resource = batch.index(of: ResourceData(attributes: []))
    var span = SpanData(
        traceID: TraceID(high: 1, low: 2), spanID: 3, parentSpanID: 0, kind: isServer ? .server : .client, start: 1,
        end: 2, resource: resource)
    _ = HTTPAttributes.append(exchange, fields: fields, to: &span, in: &batch)
    NetworkAttributes.append(exchange, to: &batch)
    check(batch, target: target)
    return 0
}

/// Every range lies in the arena, no key is there twice, and what is left of a query or an authority holds no secret.
private func check(_ batch: SpanBatch, target: UnsafeRawBufferPointer) {
    var seen: Set<String> = []
    for attribute in batch.attributes {
        guard case .known(let key) = attribute.key else { fatalError("a key that is not ours") }
        require(seen.insert("\(key)").inserted, "\(key) twice")
        guard case .string(let range) = attribute.value else { continue }
        require(Int(range.offset) + Int(range.count) <= batch.bytes.count, "\(key) lies outside")
        let value = Array(batch.bytes[Int(range.offset)..<Int(range.offset) + Int(range.count)])
        switch "\(key)" {
        case "url.query": requireMasked(value[...])
        case "url.full": checkURL(value, target: target)
        case "url.path": require(!value.contains(UInt8(ascii: "?")), "a query in the path")
        case "server.address": require(!value.contains(UInt8(ascii: "@")), "a user in the server's address")
        default: break
        }
    }
}

private func checkURL(_ url: [UInt8], target: UnsafeRawBufferPointer) {
    if let mark = url.firstIndex(of: UInt8(ascii: "?")) { requireMasked(url[(mark + 1)...]) }
    require(!url.contains(UInt8(ascii: "#")) || !target.contains(UInt8(ascii: "#")), "a fragment in the URL")
    let slashes = Array("://".utf8)
    guard let colon = url.indices.first(where: { url[$0...].starts(with: slashes) }) else {
        fatalError("a URL without a scheme")
    }
    let authority = url[(colon + 3)...].prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
    require(!authority.contains(UInt8(ascii: "@")), "a user in the URL")
}

/// Names, and `REDACTED` for each value.
private func requireMasked(_ query: ArraySlice<UInt8>) {
    let redacted = Array("REDACTED".utf8)
    for pair in query.split(whereSeparator: { $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: ";") }) {
        let value = pair.firstIndex(of: UInt8(ascii: "=")).map { pair[($0 + 1)...] } ?? pair
        require(value.isEmpty || value.elementsEqual(redacted), "a value in the query")
    }
}
