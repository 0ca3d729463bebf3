import Testing

@testable import Bridge

@Suite struct RouteTrieTests {
    private var trie = RouteTrie()

    private mutating func route(_ path: String, learns: Bool = true, most: Int = .max) -> String? {
        route(Array(path.utf8), learns: learns, most: most)
    }

    private mutating func route(_ path: [UInt8], learns: Bool = true, most: Int = .max) -> String? {
        var route: [UInt8] = []
        let isKnown = path.withUnsafeBytes { trie.write($0, learns: learns, most: most, to: &route) }
        return isKnown ? String(decoding: route, as: UTF8.self) : nil
    }

    /// Words that look like no ids.
    private static func word(_ number: Int) -> String {
        var rest = number
        var word = "w"
        repeat {
            word.unicodeScalars.append(Unicode.Scalar(UInt8(0x67 + rest % 16)))
            rest /= 16
        } while rest > 0
        return word
    }

    @Test(arguments: [
        ("/", "/"), ("//", "/"), ("/users/42/orders/7", "/users/{id}/orders/{id}"), ("/users//42/", "/users/{id}"),
        ("/cart;jsessionid=8A2F", "/cart"), ("/img/a/logo.png", "/img/a/{file}.png"),
        ("/v1/items/9.json", "/v1/items/{id}.json"),
        ("/a/b/c/d/e/f/g/h/i/j/k/l", "/a/b/c/d/e/f/g/h/i/j/{...}"),
    ])
    mutating func pathsHaveRoutes(_ path: String, _ expected: String) { #expect(route(path) == expected) }

    @Test mutating func wordsBesideEachOtherBecomeOneForGood() {
        var names: [String] = []
        for number in 0..<100 { names.append(route("/users/\(Self.word(number))/orders") ?? "") }
        #expect(Set(names).count == RouteTrie.limit + 1)
        #expect(names[RouteTrie.limit...].allSatisfy { $0 == "/users/{id}/orders" })
        #expect(route("/users/\(Self.word(0))/orders") == "/users/{id}/orders", "also those that were known before")
        #expect(trie.count == 4)
    }

    @Test mutating func wordsWithDigitsBecomeOneSooner() {
        let names = (0..<20).compactMap { route("/items/x\($0)y") }
        #expect(Set(names).count == RouteTrie.limit / PathSegment.heavy + 1 && names.last == "/items/{id}")
    }

    @Test mutating func whatIsBelowIsJoined() {
        for number in 0..<RouteTrie.limit {
            _ = route("/t/\(Self.word(number))/\(number % 2 == 0 ? "even" : "odd")/\(Self.word(number % 5))")
        }
        let before = trie.count
        #expect(route("/t/onemore/even/x") == "/t/{id}/even/x")
        #expect(trie.count < before)
        #expect(route("/t/another/odd/\(Self.word(1))", learns: false) == "/t/{id}/odd/\(Self.word(1))")
        #expect(route("/t/another/odd/unheard", learns: false) == nil)
    }

    @Test mutating func joinedWordsThatAreTooManyBecomeOneAsWell() {
        for number in 0...RouteTrie.limit {
            for second in 0..<4 { _ = route("/t/\(Self.word(number))/\(Self.word(number * 4 + second))") }
        }
        #expect(route("/t/x/y", learns: false) == "/t/{id}/{id}")
        #expect(trie.count == 4)
    }

    @Test mutating func whatLedNowhereIsNoRoute() {
        #expect(route("/wp-admin/setup.php", learns: false) == nil && trie.count == 1)
        _ = route("/users/42")
        #expect(route("/users/43", learns: false) == "/users/{id}", "a route that is known may end in a 404")
        #expect(route("/users", learns: false) == nil, "a part of a route is none")
        #expect(route("/users/42/x", learns: false) == nil)
    }

    @Test mutating func namesNeverGoBack() {
        var generator = SplitMix(state: 11)
        var last: [String: String] = [:]
        var changes = 0
        for _ in 0..<20_000 {
            let path = "/" + (0..<3).map { _ in Self.word(Int(generator.next() % 60)) }.joined(separator: "/")
            guard let name = route(path) else {
                Issue.record("\(path) has no route")
                return
            }
            if let before = last[path], before != name {
                changes += 1
                let parts = zip(before.split(separator: "/"), name.split(separator: "/"))
                #expect(
                    parts.allSatisfy { $0 == $1 || $1 == "{id}" || $1 == "{...}" }, "\(path): \(before), then \(name)")
            }
            last[path] = name
        }
        #expect(changes < last.count * 3)
    }

    @Test func sameePathsGiveTheSameNames() {
        func names() -> [String?] {
            var test = RouteTrieTests()
            var generator = SplitMix(state: 5)
            return (0..<3000).map { _ in
                test.route("/\(Self.word(Int(generator.next() % 50)))/\(generator.next() % 4)x\(generator.next() % 40)")
            }
        }
        #expect(names() == names())
    }

    @Test mutating func hostilePathsAreBounded() {
        var generator = SplitMix(state: 1)
        var names: Set<String> = []
        for number in 0..<30_000 {
            var path: [UInt8] = [0x2F]
            switch number % 4 {
            case 0: path += (0..<Int(generator.next() % 80)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            case 1: path += (0..<20).flatMap { _ in Array(Self.word(Int(generator.next() % 100_000)).utf8) + [0x2F] }
            case 2: path += Array(Self.word(number).utf8)
            default: path += Array("\(Self.word(number % 90))/\(Self.word(number))/\(Self.word(number / 7))".utf8)
            }
            if let name = route(path) { names.insert(name) }
        }
        #expect(trie.count <= RouteTrie.maximumNodes)
        #expect(names.count < 12_000)
        var later: Set<String> = []
        for number in 100_000..<110_000 {
            if let name = route("/\(Self.word(number))/\(Self.word(number))") { later.insert(name) }
        }
        #expect(later.count < 50, "\(later.count) names for 10,000 paths")
        #expect(route([0x2F] + [UInt8](repeating: 0x61, count: 64 << 10)) == "/{id}")
        #expect(route([UInt8](repeating: 0x2F, count: 64 << 10)) != nil)
    }

    @Test mutating func withoutRoomTheRestIsLeftOut() {
        #expect(route("/a/b/c", most: 3) == "/a/b/{...}")
        #expect(route("/x", most: 3) == "/{id}", "words make room by becoming one")
        #expect(trie.count <= 3)
    }
}
