internal import Capture
internal import OTLP

/// `url.full` of a client span: scheme, authority without credentials, path, and the query by its rule.
enum URLText {
    static func append(
        target: RequestTarget, scheme: UnsafeRawBufferPointer, authority: UnsafeRawBufferPointer, peer: Endpoint,
        query rule: TextRule, to batch: inout SpanBatch
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
                peer.withAddressText { _ = batch.append(bytes: $0) }
                if peer.family == .ipv6 { _ = batch.append(text: "]") }
            }
        }
        // An asterisk and the authority of CONNECT are no path (RFC 9110, 7.1).
        if target.path.first == UInt8(ascii: "/") { _ = batch.append(bytes: target.path) }
        if let query = target.query, rule != .drop {
            _ = batch.append(text: "?")
            _ = QueryMask.append(query, rule, to: &batch)
        }
        let range = ArenaRange(offset: start, count: UInt32(batch.bytes.count) - start)
        batch.append(Attribute(key: .known("url.full"), value: .string(range)))
    }
}
