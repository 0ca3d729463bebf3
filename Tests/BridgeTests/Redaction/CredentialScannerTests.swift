import Testing

@testable import Bridge

@Suite struct CredentialScannerTests {
    private let scanner = CredentialScanner()

    private func masked(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var copied = 0
        bytes.withUnsafeBytes { text in
            while let found = scanner.next(in: text, from: copied) {
                #expect(found.lowerBound >= copied && !found.isEmpty && found.upperBound <= text.count)
                result += text[copied..<found.lowerBound]
                result += Array("*".utf8)
                copied = found.upperBound
            }
            if copied > 0 { #expect(scanner.mayFind(in: text), "the check beforehand has missed it") }
        }
        return String(decoding: result + bytes[copied...], as: UTF8.self)
    }

    @Test(arguments: [
        ("/login/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln/x", "/login/*/x"),
        ("session:eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0", "session:*"),
        ("a%3DeyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "a%3D*"),
        ("Bearer abcdefghijklmnop0123", "Bearer *"), ("bearer%20abcdefghijklmnop0123&x", "bearer%20*&x"),
        ("BASIC dXNlcjpwYXNzd29yZA==", "BASIC *"),
        ("/keys/AKIAIOSFODNN7EXAMPLE", "/keys/*"), ("ASIAIOSFODNN7EXAMPLE", "*"),
        ("x AIzaSyA-1234567890abcdefghijklmnopqrstu y", "x * y"),
        ("ghp_0123456789abcdefghijABCDEFGHIJklmnop", "*"), ("github_pat_11ABCDEFG0abcdefghijklmnop_x", "*"),
        ("q=glpat-abcdefghij0123456789", "q=*"), ("xoxb-123456789012-abcdefghijkl", "*"),
        ("sk_live_abcdefghij0123456789", "*"), ("sk-proj-abcdefghijklmnopqrstuvwx", "*"),
        ("redis://user:secret@cache:6379/0", "redis://*@cache:6379/0"),
        ("<http://u:p@ss@h/x>; http://a:b@c", "<http://*@h/x>; http://*@c"),
    ])
    func credentialsAreFound(_ text: String, _ expected: String) { #expect(masked(text) == expected) }

    @Test(arguments: [
        "/users/42/orders/0af7651916cd43dd8448eb211c80319c", "monkeyJacket.eyJ", "eyJhbGciOiJIUzI1NiJ9",
        "the basic information", "bearer of news", "AKIA", "AKIAIOSFODNN7EXAMPLETOOLONG", "XAKIAIOSFODNN7EXAMPLE",
        "AIzawa-Station", "ghp_short", "sk-slovensko-2024", "mail@example.com", "http://host/@handle", "a:b@c",
        "http://user@host/", "select * from basic_tables where _ = 1", "0c1d2e3f-0011-2233-4455-66778899aabb",
    ])
    func whatPeopleNeedStays(_ text: String) { #expect(masked(text) == text) }

    @Test func anyBytesAreTakenInLinearTime() {
        var generator = SplitMix(state: 3)
        let parts = ["eyJ", "a.", "@", ":", "://", "Bearer ", "%20", "AKIA", "_", "-", "0", "\u{FF}", "/"]
        for _ in 0..<3000 {
            _ = masked((0..<Int(generator.next() % 40)).map { _ in parts[Int(generator.next() % 13)] }.joined())
        }
        for part in parts { _ = masked(String(repeating: part, count: 20_000)) }
        _ = masked("://" + String(repeating: ":@", count: 20_000))
    }
}
