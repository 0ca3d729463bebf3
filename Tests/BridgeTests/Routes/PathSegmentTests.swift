import Testing

@testable import Bridge

@Suite struct PathSegmentTests {
    private func segment(_ text: String, isLast: Bool = true) -> PathSegment {
        Array(text.utf8).withUnsafeBytes { PathSegment($0, isLast: isLast) }
    }

    @Test(arguments: [
        "1", "42", "00042", "550e8400-e29b-41d4-a716-446655440000", "550E8400-E29B-41D4-A716-446655440000",
        "0af7651916cd43dd8448eb211c80319c", "deadbeef01", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "507f1f77bcf86cd799439011",
        "dQw4w9WgXcQ8", "c2VjcmV0LXNlY3JldDEyMw==", "2024-01-31", "20240131", "2024-01-31T10:00:00Z", "10.0.0.1",
        "1.2.3",
        "joe@example.com", "user1234", "order-98765", "V1StGXR8_Z5jdHi6B-myT", "how-to-bake-a-very-good-bread",
        "a%20b", "caf\u{E9}", "a b", "{x}", String(repeating: "a", count: 65), "9x82p", "\u{0}",
    ])
    func idsAreTemplatedAtOnce(_ text: String) {
        #expect(segment(text, isLast: false) == .identifier)
    }

    @Test(arguments: [
        "users", "v1", "v2.1", "orders-archive", "en-US", "oauth2", "utf-8", "s3", "k8s", "getCustomerById",
        "index.html",
        "facade", "deadbeef", "@vite", "items:batch", "com.example.shop.OrderService", "a_b", "log4j", "robots.txt",
        ".well-known",
    ])
    func wordsStay(_ text: String) {
        guard case .word = segment(text) else {
            Issue.record("\(text) is \(segment(text))")
            return
        }
    }

    @Test func filesAreOfOneKind() {
        #expect(segment("app.3f2a9c.js") == .file(10) && segment("logo.png") == .file(4))
        #expect(segment("app.js", isLast: false) == .word(weight: 1), "a folder")
        #expect(segment("42.json") == .identifierWithExtension(2))
        #expect(segment("report.json") == .word(weight: 1) && segment("a.b2") == .word(weight: 4))
    }
}
