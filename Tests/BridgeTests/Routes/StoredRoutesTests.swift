import Testing

@testable import Bridge

/// Routes over a restart, and files that are not what was written.
@Suite struct StoredRoutesTests {
    private static func table(_ paths: [(String, UInt64)]) -> RouteTable {
        var table = RouteTable()
        for (path, service) in paths { _ = route(&table, path, service) }
        return table
    }

    private static func route(_ table: inout RouteTable, _ path: String, _ service: UInt64, learns: Bool = true)
        -> String?
    {
        var route: [UInt8] = []
        let isKnown = Array(path.utf8).withUnsafeBytes {
            table.write($0, of: service, learns: learns, now: 1, to: &route)
        }
        return isKnown ? String(decoding: route, as: UTF8.self) : nil
    }

    /// Paths of several services: words that have become one among them, and so many below each other as may be.
    private static let paths: [(String, UInt64)] =
        (0..<40).map {
            ("/users/w\(["a", "b", "c", "d", "e", "f", "g"][$0 % 7])\(String(repeating: "x", count: $0))/orders", 1)
        }
        + [
            ("/", 2), ("/a/b/c/d/e/f/g/h/i/j/k/l", 2), ("/img/logo.png", 2), ("/v1/items/42", 3),
            ("/" + String(repeating: "z", count: 64), 3),
        ]

    @Test func whatWasLearnedIsKnownAgain() throws {
        var table = Self.table(Self.paths)
        var bytes: [UInt8] = []
        table.store(into: &bytes)
        var reader = StateReader(bytes)
        var restored = try #require(RouteTable(&reader, now: 5))
        #expect(reader.isAtEnd)
        #expect(restored.counters.services == 3 && restored.counters.parts == table.counters.parts)
        for (path, service) in Self.paths {
            let known = Self.route(&table, path, service, learns: false)
            let again = Self.route(&restored, path, service, learns: false)
            #expect(known != nil && again == known)
        }
        let collapsed = Self.route(&restored, "/users/neverseen/orders", 1)
        #expect(collapsed == "/users/{id}/orders")
        let unheard = Self.route(&restored, "/unheard", 9, learns: false)
        #expect(unheard == nil)
        // And it is learned on as before.
        for number in 0..<200 {
            let path = "/more/m\(number % 50)/x"
            let known = Self.route(&table, path, 3)
            let again = Self.route(&restored, path, 3)
            #expect(again == known)
        }
        var (one, other): ([UInt8], [UInt8]) = ([], [])
        table.store(into: &one)
        restored.store(into: &other)
        #expect(one.count == other.count)
    }

    @Test func anythingElseIsRefusedAndNeverTraps() {
        var good: [UInt8] = []
        Self.table(Self.paths).store(into: &good)
        good += [0, 0]
        func isTaken(_ bytes: [UInt8]) -> Bool {
            var names = RouteNames(templates: [])
            return names.restore(from: bytes, now: 1)
        }
        #expect(isTaken(good))
        for count in 0..<good.count { #expect(!isTaken(Array(good.prefix(count))), "\(count)") }
        #expect(!isTaken(good + [0]))
        var random = SplitMix(state: 7)
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0..<(1 + random.next() % 4) {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            _ = isTaken(bytes)
        }
        // One below the other without end.
        #expect(!isTaken([1, 0] + [UInt8](repeating: 1, count: 1 << 20)))
    }

    @Test func aFullTableFits() {
        var table = RouteTable()
        for service in 0..<300 as Range<UInt64> {
            for number in 0..<100 {
                let word =
                    String(repeating: "w", count: 40)
                    + String(String(number, radix: 2).map { $0 == "0" ? Character("a") : "b" })
                _ = Self.route(&table, "/\(service % 90)w/" + word, service)
            }
        }
        var bytes: [UInt8] = []
        table.store(into: &bytes)
        table.store(into: &bytes)
        #expect(bytes.count <= LearnedFile.routes.maximumBytes)
        var reader = StateReader(bytes)
        let read = [RouteTable(&reader, now: 1), RouteTable(&reader, now: 1)]
        #expect(!read.contains { $0 == nil } && reader.isAtEnd)
    }
}
