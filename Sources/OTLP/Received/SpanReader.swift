/// Reads what is asked of one span. Its kind may stand behind its attributes, so what they say is kept until the end.
struct SpanReader {
    /// Under which key the port of the other end was found, the one to be trusted most first. `client.port` is last:
    /// behind a proxy that says so it is the port of the proxy's client
    /// (https://opentelemetry.io/docs/specs/semconv/registry/attributes/client/).
    private enum PortKey: UInt8 {
        case networkPeer, netSockPeer, netPeer, client, none
    }

    /// Where the path was found, the stable conventions' key first.
    private enum PathKey: UInt8 {
        case path, target, full, url, none
    }

    private var port: UInt16 = 0
    private var portKey = PortKey.none
    private var path = 0..<0
    private var pathKey = PathKey.none
    private var method: Range<Int>?
    private var formerMethod: Range<Int>?
    private var exchange = TraceID(high: 0, low: 0)
    private var peerAddress: Range<Int>?

    /// A Span.
    mutating func read(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, resource: UInt32) -> ReceivedSpan {
        var span = ReceivedSpan(
            traceID: TraceID(high: 0, low: 0), spanID: 0, parentSpanID: 0, kind: .unspecified, start: 0, end: 0,
            resource: resource)
        var position = range.lowerBound
        while let field = WireField(bytes, &position, end: range.upperBound) {
            switch field.number {
            case 1: span.traceID = bytes.traceID(field.value)
            case 2: span.spanID = bytes.idWord(field.value)
            case 4: span.parentSpanID = bytes.idWord(field.value)
            case 5:
                span.name = ArenaRange(
                    offset: UInt32(clamping: field.value.lowerBound), count: UInt32(clamping: field.value.count))
            case 6:
                let number = Self.number(.enumeration, bytes, field.value)
                span.kind = UInt8(exactly: number).flatMap { SpanKind(rawValue: $0) } ?? .unspecified
            case 7: span.start = Self.number(.fixed64, bytes, field.value)
            case 8: span.end = Self.number(.fixed64, bytes, field.value)
            case 9: attribute(bytes, WirePair(bytes, of: field.value))
            default: break
            }
        }
        if span.kind == .server { span.peerPort = port }
        span.signature = signature(bytes)
        span.exchange = exchange
        if exchange != TraceID(high: 0, low: 0), let peerAddress { span.peerAddress = Self.hash(bytes, peerAddress) }
        return span
    }

    // The length tells nearly all keys from those that are asked for.
    @inline(__always)
    private mutating func attribute(_ bytes: UnsafeRawBufferPointer, _ pair: WirePair) {
        switch pair.key.count {
        case 8:
            if pair.isKeyed("url.path", bytes) {
                take(.path, bytes, pair)
            } else if pair.isKeyed("url.full", bytes) {
                take(.full, bytes, pair)
            } else if pair.isKeyed("http.url", bytes) {
                take(.url, bytes, pair)
            }
        case 11:
            if pair.isKeyed("http.method", bytes) {
                formerMethod = pair.text(bytes)
            } else if pair.isKeyed("http.target", bytes) {
                take(.target, bytes, pair)
            } else if pair.isKeyed("client.port", bytes) {
                take(.client, bytes, pair)
            }
        case 13 where pair.isKeyed("net.peer.port", bytes): take(.netPeer, bytes, pair)
        case 17 where pair.isKeyed("network.peer.port", bytes): take(.networkPeer, bytes, pair)
        case 18 where pair.isKeyed("net.sock.peer.port", bytes): take(.netSockPeer, bytes, pair)
        case 19 where pair.isKeyed("http.request.method", bytes): method = pair.text(bytes)
        case 20 where pair.isKeyed("network.peer.address", bytes): peerAddress = pair.text(bytes)
        case 21 where pair.isKeyed(Conventions.exchangeID, bytes):
            exchange = pair.text(bytes).flatMap { Self.identity(bytes, $0) } ?? TraceID(high: 0, low: 0)
        default: break
        }
    }

    private mutating func take(_ key: PortKey, _ bytes: UnsafeRawBufferPointer, _ pair: WirePair) {
        guard key.rawValue <= portKey.rawValue, let number = pair.integer(bytes),
            let port = UInt16(exactly: number), port > 0
        else { return }
        self.port = port
        portKey = key
    }

    private mutating func take(_ key: PathKey, _ bytes: UnsafeRawBufferPointer, _ pair: WirePair) {
        guard key.rawValue <= pathKey.rawValue, let path = pair.text(bytes) else { return }
        self.path = path
        pathKey = key
    }

    private func signature(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        guard pathKey != .none, let range = method ?? formerMethod else { return 0 }
        let method = UnsafeRawBufferPointer(rebasing: bytes[range])
        // `_OTHER` is what conventions write for a method they do not know.
        guard let first = method.first, first != UInt8(ascii: "_") else { return 0 }
        return RequestSignature(method: method).with(path: UnsafeRawBufferPointer(rebasing: bytes[path]))
    }

    /// An id of 32 lower-case hexadecimal digits; nil when it is none.
    private static func identity(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> TraceID? {
        guard range.count == 32 else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        for position in range {
            let digit: UInt8
            switch bytes[position] {
            case let byte where byte &- UInt8(ascii: "0") < 10: digit = byte &- UInt8(ascii: "0")
            case let byte where byte &- UInt8(ascii: "a") < 6: digit = byte &- UInt8(ascii: "a") &+ 10
            default: return nil
            }
            words = (words.0 << 4 | words.1 >> 60, words.1 << 4 | UInt64(digit))
        }
        return TraceID(high: words.0, low: words.1)
    }

    /// FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/), never 0.
    private static func hash(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for position in range.prefix(64) { hash = (hash ^ UInt64(bytes[position])) &* 0x100_0000_01B3 }
        return hash | 1
    }

    @inline(__always)
    private static func number(_ kind: FieldKind, _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> UInt64 {
        var position = range.lowerBound
        return WireNumber.read(kind, bytes, &position, end: range.upperBound) ?? 0
    }
}
