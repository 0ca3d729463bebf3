internal import Capture
internal import Glibc

/// The fields of a request by which telemetry is told, found in one pass.
struct RequestMarks {
    /// The header by which a scraper says how long it waits; in lower case.
    static let scrapeTimeout: StaticString = "x-prometheus-scrape-timeout-seconds"

    let method: ByteRange
    let target: ByteRange
    /// Who asks; empty where that is not said, or said in two ways.
    private(set) var userAgent = ByteRange.empty
    /// The media type of the body; likewise.
    private(set) var contentType = ByteRange.empty
    /// The service of a call, with its package; nil for what is none.
    private(set) var service: ByteRange?
    private(set) var hasScrapeTimeout = false
    /// Whether it carries a trace context that names a span. A lone `b3: 0`, by which reporters of Zipkin's keep proxies from
    /// tracing them, names none.
    private(set) var hasContext = false
    /// Whether it is HTTP/2, of which names may be missing that were said before the connection was met.
    let isHTTP2: Bool
    /// Whether its body is OTLP's, of a connection that was met in the middle.
    let carriesTelemetry: Bool
    /// The port of who answers.
    let serverPort: UInt16

    init(_ exchange: Exchange, _ fields: borrowing FieldBuffer) {
        var (method, target) = (ByteRange.empty, ByteRange.empty)
        var (agents, types) = (0, 0)
        let range = exchange.fields
        for index in Int(range.start)..<Int(range.start + range.count) {
            let field = fields.fields[index]
            guard field.carrier == .requestHeader else { continue }
            switch field.key {
            case .method: method = field.value
            case .target: target = field.value
            case .service: service = field.value
            case .userAgent: (agents, userAgent) = (agents + 1, field.value)
            case .contentType: (types, contentType) = (types + 1, field.value)
            case .header:
                hasScrapeTimeout =
                    hasScrapeTimeout
                    || fields.withBytes(of: field.name) { Self.isEqualInAnyCase($0, Self.scrapeTimeout) }
            case .context: hasContext = hasContext || !Self.isDenial(field, fields)
            default: break
            }
        }
        // Two of a kind: whoever reads them may take either.
        if agents > 1 { userAgent = .empty }
        if types > 1 { contentType = .empty }
        self.method = method
        self.target = target
        carriesTelemetry = exchange.carriesTelemetry
        isHTTP2 = exchange.protocol == .http2
        serverPort = exchange.end.role == .server ? exchange.local.port : exchange.peer.port
    }

    func isPost(_ fields: borrowing FieldBuffer) -> Bool {
        fields.withBytes(of: method) { Self.isEqual($0, "POST") }
    }

    func isAgent(_ word: StaticString, _ fields: borrowing FieldBuffer) -> Bool {
        fields.withBytes(of: userAgent) { Self.begins($0, word) }
    }

    /// Whether the body has a media type, whatever its parameters.
    func hasType(_ word: StaticString, _ fields: borrowing FieldBuffer) -> Bool {
        fields.withBytes(of: contentType) { type in
            var name = type.prefix { $0 != UInt8(ascii: ";") }
            while let last = name.last, last == 0x20 || last == 0x09 { name = name.dropLast() }
            return Self.isEqualInAnyCase(UnsafeRawBufferPointer(rebasing: name), word)
        }
    }

    func endsPath(_ word: StaticString, _ fields: borrowing FieldBuffer) -> Bool {
        withPath(fields) { path in
            path.count >= word.utf8CodeUnitCount
                && Self.begins(UnsafeRawBufferPointer(rebasing: path.suffix(word.utf8CodeUnitCount)), word)
        }
    }

    func isPath(_ word: StaticString, _ fields: borrowing FieldBuffer) -> Bool {
        withPath(fields) { $0.count == word.utf8CodeUnitCount && Self.begins($0, word) }
    }

    func withPath(_ fields: borrowing FieldBuffer, _ body: (UnsafeRawBufferPointer) -> Bool) -> Bool {
        fields.withBytes(of: target) { body(RequestTarget($0).path) }
    }

    /// Whether a context only says that nothing shall be recorded.
    static func isDenial(_ field: Field, _ fields: borrowing FieldBuffer) -> Bool {
        fields.withBytes(of: field.name) { isEqualInAnyCase($0, "b3") }
            && fields.withBytes(of: field.value) { isEqual($0, "0") }
    }

    /// Whether bytes are a service's name, or the path of one of its methods.
    static func isService(_ bytes: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
        guard begins(bytes, word) else { return false }
        return bytes.count == word.utf8CodeUnitCount || bytes[word.utf8CodeUnitCount] == UInt8(ascii: "/")
    }

    static func begins(_ bytes: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
        guard bytes.count >= word.utf8CodeUnitCount, let start = bytes.baseAddress else { return false }
        return memcmp(start, word.utf8Start, word.utf8CodeUnitCount) == 0
    }

    /// Whether bytes are a word in lower case, in any case: names of headers and media types, which have none.
    static func isEqualInAnyCase(_ bytes: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
        bytes.count == word.utf8CodeUnitCount
            && zip(bytes, letters(of: word)).allSatisfy { ($0 &- 0x41 < 26 ? $0 | 0x20 : $0) == $1 }
    }

    static func isEqual(_ bytes: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
        bytes.count == word.utf8CodeUnitCount && begins(bytes, word)
    }

    private static func letters(of word: StaticString) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    }
}
