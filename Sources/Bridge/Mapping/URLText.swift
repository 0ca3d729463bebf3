internal import Capture
internal import OTLP

/// `url.full` of a client span: scheme, authority without credentials, path, and the query with its values masked.
enum URLText {
    static func append(
        target: RequestTarget, scheme: UnsafeRawBufferPointer, authority: UnsafeRawBufferPointer, peer: Endpoint,
        to batch: inout SpanBatch
    ) {
        let start = UInt32(batch.bytes.count)
        if let origin = target.origin, let colon = origin.firstIndex(of: UInt8(ascii: ":")) {
            _ = batch.append(bytes: UnsafeRawBufferPointer(rebasing: origin[...(colon + 2)]))
            let authority = UnsafeRawBufferPointer(rebasing: origin[(colon + 3)...])
            _ = batch.append(bytes: Authority.withoutCredentials(authority))
        } else {
            if scheme.isEmpty { _ = batch.append(text: "http") } else { _ = batch.append(bytes: scheme) }
            _ = batch.append(text: "://")
            let host = Authority.withoutCredentials(authority)
            if !host.isEmpty {
                _ = batch.append(bytes: host)
            } else if peer.family != .unix {
                if peer.family == .ipv6 { _ = batch.append(text: "[") }
                _ = peer.withAddressText { batch.append(bytes: $0) }
                if peer.family == .ipv6 { _ = batch.append(text: "]") }
            }
        }
        // An asterisk and the authority of CONNECT are no path (RFC 9110, 7.1).
        if target.path.first == UInt8(ascii: "/") { _ = batch.append(bytes: target.path) }
        if let query = target.query {
            _ = batch.append(text: "?")
            _ = QueryMask.append(query, to: &batch)
        }
        let range = ArenaRange(offset: start, count: UInt32(batch.bytes.count) - start)
        batch.append(Attribute(key: .known("url.full"), value: .string(range)))
    }
}

/// A query string with its values replaced: names say what was asked, values may be secrets.
enum QueryMask {
    /// Adds the masked query to the batch's arena. `a=1&b=x` becomes `a=REDACTED&b=REDACTED`.
    static func append(_ query: UnsafeRawBufferPointer, to batch: inout SpanBatch) -> ArenaRange {
        let start = UInt32(batch.bytes.count)
        var rest = query[...]
        while !rest.isEmpty {
            let end = rest.firstIndex { $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: ";") } ?? rest.endIndex
            let pair = rest[..<end]
            if let equals = pair.firstIndex(of: UInt8(ascii: "=")) {
                _ = batch.append(bytes: UnsafeRawBufferPointer(rebasing: pair[...equals]))
                if equals + 1 < pair.endIndex { _ = batch.append(text: "REDACTED") }
            } else if !pair.isEmpty {
                // A query without names is a value.
                _ = batch.append(text: "REDACTED")
            }
            if end < rest.endIndex { _ = batch.append(bytes: UnsafeRawBufferPointer(rebasing: rest[end...end])) }
            rest = end < rest.endIndex ? rest[(end + 1)...] : rest[rest.endIndex...]
        }
        return ArenaRange(offset: start, count: UInt32(batch.bytes.count) - start)
    }
}
