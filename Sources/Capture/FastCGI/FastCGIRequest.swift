/// A request that is under way on a connection, and what its parameters have said so far.
struct FastCGIRequest {
    /// What the application is asked to be (FastCGI 1.0, 6): it decides which stream ends the request.
    enum Role: UInt8 {
        case responder = 1
        case authorizer = 2
        case filter = 3
    }

    /// Its number on the connection; 0 when the place is free.
    var id: UInt16 = 0
    /// Its exchange.
    var handle = ExchangeHandle.none
    /// What the application is asked to be.
    var role = Role.responder
    /// Its parameters.
    var parameters = FastCGIParameters()
    /// Whether all of the parameters have come.
    var hasParameters = false
    /// Whether its method is known: without one it has no name.
    var hasMethod = false
    /// Whether its target is known as the client sent it.
    var hasTarget = false
    /// What the request's body is, going by its media type.
    var bodyKind = BodyKind.unknown
    /// Whether anything of the body has come.
    var hasBody = false
    /// The header of the application's output.
    var header = CGIHeader()
    /// Whether anything of the answer has come.
    var hasAnswer = false
    /// Whether the web server has given it up.
    var isAborted = false

    private let path = KeptBytes()
    private let query = KeptBytes()
    private var reserved = 0

    /// Takes a place for a request.
    mutating func begin(id: UInt16, _ handle: ExchangeHandle) {
        self.id = id
        self.handle = handle
        role = .responder
        (hasParameters, hasMethod, hasTarget, hasAnswer, isAborted) = (false, false, false, false, false)
        (bodyKind, hasBody) = (.unknown, false)
    }

    /// Frees its place and gives back what it reserved.
    mutating func release(in exchanges: inout ExchangeTable) {
        id = 0
        handle = .none
        parameters.restart(in: &exchanges)
        header.restart(in: &exchanges)
        forgetParts(in: &exchanges)
    }

    /// Takes bytes of its parameters.
    mutating func take(parameters bytes: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        // Taken out for the time, since the pairs change `self`.
        var reader = parameters
        reader.take(bytes, in: &exchanges) { name, value, exchanges in parameter(name, value, in: &exchanges) }
        parameters = reader
    }

    /// All that will come of its parameters is there: it is opened, if it has a name.
    mutating func endParameters(in exchanges: inout ExchangeTable) {
        guard !hasParameters else { return }
        hasParameters = true
        guard hasMethod else { return }
        if !hasTarget, path.count > 0 {
            if query.count > 0 { path.append(query.bytes) }
            exchanges.add(.target, .requestHeader, value: path.bytes, to: handle)
            exchanges.addValues(target: path.bytes, to: handle)
        }
        forgetParts(in: &exchanges)
        exchanges.open(handle)
    }

    /// Bytes of the body: the first of them may have values.
    mutating func take(body: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        guard !hasBody, !body.isEmpty else { return }
        hasBody = true
        exchanges.addValues(body: body, bodyKind, isCut: true, to: handle)
    }

    private mutating func forgetParts(in exchanges: inout ExchangeTable) {
        path.clear(retaining: 256)
        query.clear(retaining: 256)
        exchanges.unreserve(reserved)
        reserved = 0
    }

    /// Meta-variables (RFC 3875, 4.1), and what web servers add to them.
    private mutating func parameter(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable
    ) {
        if name.count > 5, name.prefix(5).elementsEqual("HTTP_".utf8) {
            return header(UnsafeRawBufferPointer(rebasing: name[5...]), value, in: &exchanges)
        }
        guard !value.isEmpty else { return }
        switch name.count {
        case 14 where name.elementsEqual("REQUEST_METHOD".utf8) && !hasMethod:
            hasMethod = true
            exchanges.add(.method, .requestHeader, value: value, to: handle)
        case 11 where name.elementsEqual("REQUEST_URI".utf8) && !hasTarget:
            hasTarget = true
            exchanges.add(.target, .requestHeader, value: value, to: handle)
            exchanges.addValues(target: value, to: handle)
        case 11 where name.elementsEqual("SCRIPT_NAME".utf8) && path.count == 0:
            keep(value, in: path, &exchanges)
        case 12 where name.elementsEqual("QUERY_STRING".utf8) && query.count == 0:
            withUnsafeBytes(of: UInt8(ascii: "?")) { keep($0, in: query, &exchanges) }
            keep(value, in: query, &exchanges)
        case 12 where name.elementsEqual("CONTENT_TYPE".utf8):
            bodyKind = BodyKind(mediaType: value)
            exchanges.add(.contentType, .requestHeader, value: value, to: handle)
        default: break
        }
    }

    private mutating func keep(
        _ bytes: UnsafeRawBufferPointer, in kept: KeptBytes, _ exchanges: inout ExchangeTable
    ) {
        guard !hasTarget, bytes.count <= FieldBuffer.maximumValue, exchanges.reserve(bytes.count) else { return }
        reserved += bytes.count
        kept.append(bytes)
    }

    /// A header of the client's request: `HTTP_X_REQUEST_ID` was `X-Request-Id` (RFC 3875, 4.1.18).
    private func header(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable
    ) {
        guard name.count <= 256 else { return }
        let headers = exchanges.headers
        withUnsafeTemporaryAllocation(byteCount: name.count, alignment: 1) { spelled in
            for index in name.indices { spelled[index] = name[index] == 0x5F ? 0x2D : lowerCase(name[index]) }
            let hyphenated = UnsafeRawBufferPointer(spelled)
            // Which of its underscores were hyphens is not said: one that a configured name has is taken for one.
            var written = hyphenated
            if !headers.has(hyphenated), name.contains(0x5F), headers.has(name) { written = name }
            var hasValues = exchanges.values.isOn
            headers.match(written) { use in
                hasValues = hasValues && use == .named(.header)
                switch use {
                case .named(let key):
                    exchanges.add(key, .requestHeader, name: written, value: trimmed(value), to: handle)
                case .field(let key) where key != .contentType && !value.isEmpty:
                    exchanges.add(key, .requestHeader, value: value, to: handle)
                default: break
                }
            }
            if hasValues { exchanges.addValues(header: written, value, to: handle) }
        }
    }
}
