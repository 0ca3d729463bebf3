import Glibc
import Testing

@testable import Bridge

@Suite struct CorrelateFileTests {
    private typealias Item = SpanFile.Item
    private let base: UInt64 = 1_700_000_000_000_000_000

    /// Requests of a service, two at a time on two threads, with a call each.
    private func threads(_ count: UInt64) -> [Item] {
        (0..<count).flatMap { number -> [Item] in
            let start = base + number * 1_000_000
            let thread = [("thread.id", "\(1 + number % 2)")]
            return [
                Item(id: 1000 + number, kind: 3, start: start + 400_000, end: start + 700_000).with(thread),
                Item(id: 2000 + number, kind: 2, start: start, end: start + 1_900_000).with(thread),
            ]
        }
    }

    @Test func aCallHangsFromTheRequestThatItsThreadHandles() throws {
        let file = try SpanFile()
        let found = try file.found([SpanFile.line("shop", threads(50))])
        for number in 0..<UInt64(50) {
            let (call, request) = (try #require(found[1000 + number]), try #require(found[2000 + number]))
            #expect(call.parent == 2000 + number && call.method == "thread")
            #expect(request.parent == 0 && request.trace == call.trace)
        }
        #expect(Set(found.values.map(\.trace)).count == 50)
        #expect(file.warnings.isEmpty)
    }

    @Test func servicesAndInstancesAreApart() throws {
        let file = try SpanFile()
        let found = try file.found([
            SpanFile.line("shop", [Item(id: 1, kind: 2, start: base, end: base + 9)]),
            SpanFile.line("bank", [Item(id: 2, kind: 3, start: base + 2, end: base + 3)]),
        ])
        #expect(found[2]?.parent == 0)
        #expect(found[1]?.trace != found[2]?.trace)
    }

    @Test func theIdsOfTheInputSayNothing() throws {
        let file = try SpanFile()
        let line = SpanFile.line("shop", threads(9))
        let first = try file.found([line])
        let other = line.replacing("\"parentSpanId\":\"", with: "\"parentSpanId\":\"f").replacing(
            "0000001\"", with: "02\"")
        #expect(try file.found([other]) == first)
    }

    @Test func aThreadOfManyRequestsTellsNothing() throws {
        let file = try SpanFile()
        let items = (0..<UInt64(40)).flatMap { number -> [Item] in
            let start = base + number * 1_000_000
            let thread = [("thread.id", "1")]
            return [
                Item(id: 2000 + number, kind: 2, start: start, end: start + 30_000_000).with(thread),
                Item(id: 1000 + number, kind: 3, start: start + 20_000_000, end: start + 21_000_000).with(thread),
            ]
        }
        let found = try file.found([SpanFile.line("shop", items)])
        #expect(found.values.allSatisfy { $0.method != "thread" || $0.parent == 0 })
    }

    @Test func threadsThatTakeUpOthersWorkTellNothing() throws {
        // Two event loops: a call is made by the loop that did not read its request, while that one has another open.
        let items = (0..<UInt64(40)).flatMap { number -> [Item] in
            let start = base + number * 50_000_000
            let loops = [[("thread.id", "1")], [("thread.id", "2")]]
            return [
                Item(id: 1000 + number, kind: 2, start: start, end: start + 10_000_000).with(loops[0]),
                Item(id: 2000 + number, kind: 2, start: start + 1_000_000, end: start + 11_000_000).with(loops[1]),
                Item(id: 3000 + number, kind: 2, start: start + 9_000_000, end: start + 20_000_000).with(loops[0]),
                Item(id: 4000 + number, kind: 3, start: start + 5_000_000, end: start + 6_000_000).with(loops[1]),
            ]
        }
        let found = try SpanFile().found([SpanFile.line("shop", items)])
        #expect(found.values.allSatisfy { $0.method != "thread" })
    }

    @Test func aSpanThatIsThereTwiceStaysSoInOnePlace() throws {
        let file = try SpanFile()
        let line = SpanFile.line("shop", threads(20))
        let once = try file.found([line])
        #expect(try file.found([line, line]) == once)
        #expect(file.warnings.count == 1 && file.warnings[0].contains("40 spans are there twice"))
    }

    @Test func whatIsMissingIsToldAndBorne() throws {
        let file = try SpanFile()
        let line = #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"kind":2},{"kind":3,"startTimeUnixNano":"5"}]}]}]}"#
        try file.put(line + "\n" + line + "\n")
        let result = try file.correlate()
        #expect(result.spans == 4)
        #expect(file.warnings.contains { $0.contains("4 spans have no id") })
        #expect(file.warnings.contains { $0.contains("2 spans have no start") })
        let two = [
            Item(id: 5, kind: 2, start: base, end: base + 1), Item(id: 5, kind: 2, start: base + 5, end: base + 9),
        ]
        _ = try file.found(["{}", SpanFile.line("shop", two)])
        #expect(file.warnings.contains { $0.contains("1 spans have the id of another, the first of them on line 2") })
    }

    @Test func aLineThatIsNoJSONIsNamedAndNothingIsWritten() throws {
        let file = try SpanFile()
        let good = SpanFile.line("shop", threads(2))
        for bad in ["not json", "{", "{\"resourceSpans\":[", "[]", "{}}", "\u{1}", good + "x", "{\"a\":\"b"] {
            try file.put(good + "\n\n" + bad + "\n" + good + "\n")
            let error = #expect(throws: CorrelateError.self, "\(bad)") { try file.correlate() }
            #expect(
                error?.description.hasPrefix("\(file.input): line 3: ") == true, "\(bad) \(error?.description ?? "")")
            #expect(try file.written().isEmpty)
        }
    }

    @Test func nothingIsFine() throws {
        let file = try SpanFile()
        for text in ["", "\n", "{}\n\n \r\n"] {
            try file.put(text)
            #expect(try file.correlate().spans == 0)
        }
        #expect(try file.written() == "{}\n")
    }

    @Test func aDocumentOverSeveralLinesBecomesOne() throws {
        let file = try SpanFile()
        let line = SpanFile.line("shop", threads(3))
        let spread = line.replacing(",", with: ",\r\n ").replacing("[", with: "[\n")
        let found = try file.found([line])
        #expect(try file.found([spread, "{}"]) == found)
        #expect(try file.written().split(separator: "\n").count == 2)
    }

    @Test func theInputIsNotWrittenOver() throws {
        let file = try SpanFile()
        try file.put("{}\n")
        #expect(throws: ArgumentsError.self) {
            try CorrelateFile(path: file.input, output: file.input, across: false, warn: { _ in }).run()
        }
        #expect(throws: CorrelateError.self) {
            try CorrelateFile(path: file.folder + "/none", output: "-", across: false, warn: { _ in }).run()
        }
    }

    @Test func timesThatCannotBeAreBorne() throws {
        let file = try SpanFile()
        let items = [
            Item(id: 1, kind: 2, start: .max, end: 0), Item(id: 2, kind: 3, start: .max, end: .max),
            Item(id: 3, kind: 2, start: 10, end: 5), Item(id: 4, kind: 3, start: 10, end: 5),
            Item(id: 5, kind: 3, start: 1, end: .max), Item(id: 6, kind: 2, start: 1, end: .max),
            Item(id: 7, kind: 9, start: 4, end: 8), Item(id: 8, kind: 5, start: 4, end: 4),
            Item(id: 9, kind: 4, start: 4, end: 4),
        ]
        for across in [false, true] {
            #expect(try file.found([SpanFile.line("a", items), SpanFile.line("b", items)], across: across).count == 9)
        }
    }
}
