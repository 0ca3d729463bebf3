import Testing

@testable import Bridge

@Suite struct AcrossTests {
    private typealias Item = SpanFile.Item
    private let base: UInt64 = 1_700_000_000_000_000_000

    /// Calls of one service that overlap, and the requests of another that they led to: number n is the call 10000+n and
    /// the request 20000+n.
    private func calls(
        _ count: UInt64, gap: UInt64, skew: Int64 = 0, reading: (UInt64) -> UInt64 = { _ in 0 },
        client: (UInt64) -> [(String, String)] = { _ in [] },
        server: (UInt64) -> [(String, String)] = { _ in [] }
    ) -> [String] {
        var random: UInt64 = 11
        func next(_ below: UInt64) -> UInt64 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (random >> 33) % below
        }
        var (front, back): ([Item], [Item]) = ([], [])
        var start = base
        for number in 0..<count {
            start += gap / 2 + next(gap)
            let begun = start + 80_000 + next(40_000)
            let over = begun + 1_000_000 + next(3_000_000)
            let shift = UInt64(bitPattern: skew)
            front.append(
                Item(
                    id: 10_000 + number, kind: 3, start: start, end: over + reading(number) + 60_000 + next(30_000),
                    name: "GET"
                )
                .with(client(number)))
            back.append(
                Item(id: 20_000 + number, kind: 2, start: begun &+ shift, end: over &+ shift, name: "GET /")
                    .with(server(number)))
        }
        return [SpanFile.line("front", front), SpanFile.line("back", back)]
    }

    private func right(_ found: [UInt64: SpanFile.Found], _ count: UInt64) -> (right: Int, wrong: Int) {
        var result = (right: 0, wrong: 0)
        for number in 0..<count {
            guard let request = found[20_000 + number], request.parent != 0 else { continue }
            if request.parent == 10_000 + number { result.right += 1 } else { result.wrong += 1 }
        }
        return result
    }

    @Test func withoutItARequestHasNoParent() throws {
        let found = try SpanFile().found(calls(20, gap: 10_000_000))
        #expect(right(found, 20) == (0, 0))
    }

    @Test func timesTellWhichCallLedToARequest() throws {
        let found = try SpanFile().found(calls(500, gap: 3_000_000), across: true)
        let result = right(found, 500)
        #expect(result.right >= 490 && result.wrong <= 2)
        #expect(found[20_007]?.trace == found[10_007]?.trace && found[20_007]?.method == "timing")
    }

    @Test func underLoadTheyAreSolvedTogether() throws {
        // Some eight calls are under way at any moment.
        let found = try SpanFile().found(calls(2000, gap: 300_000), across: true)
        let result = right(found, 2000)
        #expect(result.right >= 1900 && result.wrong <= 60)
    }

    @Test func clocksThatDifferAreBorne() throws {
        for skew: Int64 in [-40_000_000, 7_000_000, 900_000_000] {
            let found = try SpanFile().found(calls(400, gap: 3_000_000, skew: skew), across: true)
            let result = right(found, 400)
            #expect(result.right >= 380 && result.wrong <= 4, "\(skew): \(result)")
        }
    }

    /// Calls that say their port, and for how long, ns, their answer is read after the server is done with it.
    private func callsWithPorts(
        _ count: UInt64, gap: UInt64, reading: (UInt64) -> UInt64 = { _ in 0 }
    ) -> [String] {
        calls(
            count, gap: gap, reading: reading, client: { [("network.local.port", "\(10_000 + $0)")] },
            server: { [("client.port", "\(10_000 + $0)")] })
    }

    @Test func chanceIsNoDifferenceOfClocks() throws {
        // All within some hundredths of a second, so that very many calls and requests are near one another.
        for gap: UInt64 in [40_000, 70_000, 100_000, 300_000] {
            let found = try SpanFile().found(callsWithPorts(500, gap: gap) { $0 % 7 * 3_000_000 }, across: true)
            #expect(right(found, 500) == (500, 0), "\(gap)")
        }
    }

    @Test func answersThatAreReadForLongAreNoDifferenceOfClocks() throws {
        let lines = callsWithPorts(400, gap: 30_000_000) { $0 % 8 == 0 ? 0 : 12_000_000 }
        #expect(right(try SpanFile().found(lines, across: true), 400) == (400, 0))
    }

    @Test func thePortOfAConnectionTells() throws {
        let lines = callsWithPorts(300, gap: 20_000)
        let found = try SpanFile().found(lines, across: true)
        #expect(right(found, 300) == (300, 0))
        #expect(found[20_007]?.method == "flow")
    }

    @Test func anIdTells() throws {
        let lines = calls(
            300, gap: 20_000, client: { [("http.request.header.x-request-id", "r\($0)")] },
            server: { [("x-request-id", "r\($0)")] })
        let found = try SpanFile().found(lines, across: true)
        #expect(right(found, 300) == (300, 0))
        #expect(found[20_007]?.method == "x-request-id")
    }

    @Test func theExchangeOfOurOwnSpansTells() throws {
        let lines = calls(
            300, gap: 20_000, client: { [("interspan.exchange.id", "e\($0)")] },
            server: { [("interspan.exchange.id", "e\($0)")] })
        #expect(right(try SpanFile().found(lines, across: true), 300) == (300, 0))
    }

    @Test func whatIsLearnedUnderHeavyLoadIsNoDelayButTheOneThereIs() throws {
        // Some 35 calls are under way at any moment, more than are weighed.
        let found = try SpanFile().found(calls(3000, gap: 70_000), across: true)
        #expect(right(found, 3000).right >= 2900)
    }

    @Test func aDifferenceOfTwoClocksHidesNoCallsOfOthers() throws {
        let skewed = calls(400, gap: 3_000_000, skew: 900_000_000).map {
            // Spans of their own, of two other services.
            $0.replacing("front", with: "third").replacing("back", with: "fourth").replacing(
                "\"spanId\":\"0", with: "\"spanId\":\"f")
        }
        let found = try SpanFile().found(calls(1200, gap: 700_000) + skewed, across: true)
        #expect(right(found, 1200).right >= 1150)
    }

    @Test func ofCallsThatShareAnIdTheOneThatAsksForTheSameLedToARequest() throws {
        func item(_ id: UInt64, _ kind: Int, _ start: UInt64, _ end: UInt64, _ path: Int) -> Item {
            Item(id: id, kind: kind, start: base + start, end: base + end).with([
                ("http.request.method", "GET"), ("x-request-id", "r\(start / 100_000_000)"),
                kind == 3 ? ("url.full", "http://back/\(path)") : ("url.path", "/\(path)"),
            ])
        }
        var (front, back): ([Item], [Item]) = ([], [])
        for pair in 0..<100 as Range<UInt64> {
            let start = pair * 100_000_000
            front += [
                item(10_000 + 2 * pair, 3, start, start + 10_000_000, 4),
                item(10_001 + 2 * pair, 3, start + 30_000, start + 10_030_000, 5),
            ]
            back += [
                item(20_001 + 2 * pair, 2, start + 1_000_000, start + 9_000_000, 5),
                item(20_000 + 2 * pair, 2, start + 1_000_000, start + 9_000_000, 4),
            ]
        }
        let lines = [SpanFile.line("front", front), SpanFile.line("back", back)]
        #expect(right(try SpanFile().found(lines, across: true), 200) == (200, 0))
    }

    @Test(arguments: [0, 40]) func aCallWithoutAnEndIsOpenStill(others: UInt64) throws {
        func call(_ id: UInt64, _ start: UInt64, _ end: UInt64) -> Item {
            Item(id: id, kind: 3, start: start, end: end).with([
                ("http.request.method", "GET"), ("url.full", "http://back/x"),
            ])
        }
        let calls =
            [call(1, base, 0)] + (0..<others).map { call(10 + $0, base + 1_000_000, base + 1_100_000) }
        let request = Item(id: 2, kind: 2, start: base + 10_000_000, end: base + 11_000_000).with([
            ("http.request.method", "GET"), ("url.path", "/x"),
        ])
        let found = try SpanFile().found(
            [SpanFile.line("front", calls), SpanFile.line("back", [request])], across: true)
        #expect(found[2]?.parent == 1)
    }

    @Test func whatIsAskedForKeepsOthersAway() throws {
        let lines = calls(
            300, gap: 20_000,
            client: { [("http.request.method", "GET"), ("url.full", "http://back/\($0)?x")] },
            server: { [("http.request.method", "GET"), ("url.path", "/\($0)")] })
        #expect(right(try SpanFile().found(lines, across: true), 300) == (300, 0))
    }

    @Test func aMessageGoesToAllWhoTakeItUp() throws {
        let sent = Item(id: 1, kind: 4, start: base, end: base + 1000).with([("messaging.message.id", "m1")])
        let taken = (2...UInt64(4)).map {
            Item(id: $0, kind: 5, start: base + $0 * 1_000_000_000, end: base + $0 * 1_000_000_000 + 5)
                .with([("messaging.message.id", "m1")])
        }
        let found = try SpanFile().found([SpanFile.line("a", [sent]), SpanFile.line("b", taken)], across: true)
        #expect((2...4).allSatisfy { found[$0]?.parent == 1 && found[$0]?.trace == found[1]?.trace })
    }

    @Test func aRequestThatNoCallContainsStaysARoot() throws {
        let found = try SpanFile().found(
            [
                SpanFile.line("a", [Item(id: 1, kind: 3, start: base, end: base + 50_000_000)]),
                SpanFile.line("b", [Item(id: 2, kind: 2, start: base + 40_000_000, end: base + 90_000_000)]),
            ], across: true)
        #expect(found[2]?.parent == 0)
    }

    @Test func aCallHasOneRequest() throws {
        // Two that are alike in everything within one call: at most one of them is its own, and neither more than the other.
        let found = try SpanFile().found(
            [
                SpanFile.line("a", [Item(id: 1, kind: 3, start: base, end: base + 9_000_000)]),
                SpanFile.line(
                    "b",
                    [
                        Item(id: 2, kind: 2, start: base + 4_000_000, end: base + 5_000_000),
                        Item(id: 3, kind: 2, start: base + 4_000_000, end: base + 5_000_000),
                    ]),
            ], across: true)
        #expect(found.values.filter { $0.parent == 1 }.isEmpty)
    }
}
