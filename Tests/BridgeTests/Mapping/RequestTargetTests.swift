import Testing

@testable import Bridge
@testable import OTLP

private func text(_ bytes: UnsafeRawBufferPointer?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

private func withTarget<R>(_ target: String, _ body: (RequestTarget) -> R) -> R {
    Array(target.utf8).withUnsafeBytes { body(RequestTarget($0)) }
}

@Suite struct RequestTargetTests {
    @Test(arguments: [
        ("/", nil, "/", nil), ("/a/b?x=1", nil, "/a/b", "x=1"), ("/a?", nil, "/a", ""),
        ("http://h:80/p?q", "http://h:80", "/p", "q"), ("http://h", "http://h", "", nil),
        ("http://h?x=/y", "http://h", "", "x=/y"), ("*", nil, "*", nil), ("h:443", nil, "h:443", nil),
        ("/go?to=http://x/", nil, "/go", "to=http://x/"), ("/a#f?x", nil, "/a", nil), ("", nil, "", nil),
        (":", nil, ":", nil), ("http:/", nil, "http:/", nil), ("://h/p", nil, "://h/p", nil),
        ("*?token=x&to=http://y/", nil, "*", "token=x&to=http://y/"),
    ])
    func partsAreFound(_ target: String, _ origin: String?, _ path: String, _ query: String?) {
        withTarget(target) {
            #expect(text($0.origin) == origin)
            #expect(text($0.path) == path)
            #expect(text($0.query) == query)
        }
    }

    @Test(
        arguments: [
            ("example.com", "example.com", nil), ("example.com:8080", "example.com", 8080), ("[::1]:80", "::1", 80),
            ("[::1]", "::1", nil), ("h:", "h", nil), ("h:65535", "h", 65535), ("h:65536", "h", nil), ("h:8x", "h", nil),
            ("u:secret@h:1", "h", 1), ("", "", nil), ("[", "[", nil), ("h:99999999999", "h", nil),
            ("h?token=x", "h", nil), ("h:1/secret", "h", 1), ("h#x@y", "h", nil),
        ] as [(String, String, UInt16?)])
    func authorityIsSplitAndLosesCredentials(_ given: String, _ host: String, _ port: UInt16?) {
        Array(given.utf8).withUnsafeBytes {
            let authority = Authority($0)
            #expect(text(authority.host) == host)
            #expect(authority.port == port)
        }
    }

    @Test(arguments: [
        ("a=1&b=2", "a=REDACTED&b=REDACTED"), ("token", "REDACTED"), ("a=", "a="), ("", ""), ("&&", "&&"),
        ("a=b=c", "a=REDACTED"), ("x=1;y=2", "x=REDACTED;y=REDACTED"), ("a=1&", "a=REDACTED&"),
    ])
    func queryValuesAreMasked(_ query: String, _ masked: String) {
        var batch = SpanBatch()
        let range = Array(query.utf8).withUnsafeBytes { QueryMask.append($0, to: &batch) }
        #expect(batch.string(range) == masked)
    }
}
