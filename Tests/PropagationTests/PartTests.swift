import Propagation
import Testing

private func hex(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}

private func parent(_ span: UInt64, _ part: UInt16) -> (UInt16, String, String) {
    (part, "traceparent", "00-\(hex(1))\(hex(2))-\(hex(span))-01")
}

private func b3(_ span: UInt64, _ part: UInt16) -> (UInt16, String, String) {
    (part, "b3", "\(hex(1))\(hex(3))-\(hex(span))-1")
}

@Suite struct PartTests {
    @Test func oneSpanNamedByAllIsTheOne() {
        var reader = ContextReader()
        let fields = (0..<50).flatMap { [parent(7, $0), ($0, "tracestate", "part=\($0)")] }
        guard case .one(let reading) = reader.result(of: fields, at: .message) else {
            Issue.record("not one")
            return
        }
        #expect(reading.context.spanID == 7)
        #expect(reading.place == .message)
        #expect(reader.others.isEmpty)
        #expect(reader.state == "part=0")
        #expect(reader.counters[.tracecontext, .read] == 50)
        #expect(reader.counters[.tracecontext, .repeated] == 0)
    }

    @Test func differentSpansAreSeveral() {
        var reader = ContextReader()
        #expect(reader.result(of: [parent(7, 0), (0, "tracestate", "a=1"), parent(8, 1), parent(7, 2)]) == .several)
        #expect(reader.others.map(\.context.spanID) == [7, 8])
        #expect(reader.othersLeftOut == 0)
        #expect(reader.state.isEmpty)
    }

    @Test func partsWithoutAContextSayNothing() {
        var reader = ContextReader()
        for fields in [
            [(0, "traceparent", "bad"), parent(7, 1)], [parent(7, 3), (4, "x-b3-sampled", "0")],
            [parent(7, 0), parent(8, 1), parent(9, 1)],
        ] {
            guard case .one(let reading) = reader.result(of: fields) else {
                Issue.record("not one")
                continue
            }
            #expect(reading.context.spanID == 7)
            #expect(reader.decisionAlone == .undecided)
        }
        #expect(reader.counters[.tracecontext, .repeated] == 1)
    }

    @Test func contextsOfAPartBelongTogether() {
        var reader = ContextReader()
        // Each part has both dialects, and the order decides within it.
        guard case .one = reader.result(of: [b3(1, 0), parent(7, 0), b3(2, 1), parent(7, 1), b3(1, 2), parent(7, 2)])
        else {
            Issue.record("not one")
            return
        }
        #expect(reader.others.map(\.context.spanID) == [1, 2])
        #expect(reader.result(of: [parent(7, 0), b3(7, 1), b3(8, 1)]) != .several)
        #expect(reader.result(of: [parent(7, 0), b3(8, 1)]) == .several)
        #expect(reader.others.map(\.propagator) == [.tracecontext, .b3])
        // What counts in one part and is another's second is listed once.
        #expect(reader.result(of: [parent(7, 0), b3(8, 0), b3(8, 1), b3(9, 2), parent(6, 2)]) == .several)
        #expect(reader.others.map(\.context.spanID) == [7, 8, 6, 9])
    }

    @Test func halfOfAContextInEachOfTwoPartsIsNone() {
        var reader = ContextReader()
        #expect(reader.result(of: [(0, "x-b3-traceid", hex(1)), (1, "x-b3-spanid", hex(2))]) == .none)
        #expect(reader.counters[.b3, .invalid] == 2)
    }

    @Test func aPartThatComesAgainIsAnother() {
        var reader = ContextReader()
        #expect(reader.result(of: [parent(7, 0), parent(7, 1), parent(7, 0)]) != .several)
        #expect(reader.counters[.tracecontext, .repeated] == 0)
        #expect(reader.result(of: (0..<2000).map { parent(UInt64($0 % 3 + 1), $0 % 2) }) == .several)
        #expect(reader.others.map(\.context.spanID) == [1, 2, 3])
    }

    @Test func linksAreBoundedAndTheRestIsCounted() {
        var reader = ContextReader()
        #expect(reader.result(of: (0..<128).map { parent(UInt64($0) + 1, $0) }) == .several)
        #expect(reader.others.count == 128)
        #expect(reader.othersLeftOut == 0)
        // Each twice.
        let fields = (0..<1000).map { parent(UInt64($0 / 2) + 1, $0) }
        #expect(reader.result(of: fields + (0..<1000).map { parent(UInt64($0 / 2) + 1, $0 + 1000) }) == .several)
        #expect(reader.others.map(\.context.spanID) == Array(1...128))
        #expect(reader.othersLeftOut == 500 - 128)
        // Many others beside one that counts.
        guard case .one = reader.result(of: (0..<300).flatMap { [parent(7, $0), b3(UInt64($0) + 1, $0)] }) else {
            Issue.record("not one")
            return
        }
        #expect(reader.others.count == 128)
        #expect(reader.othersLeftOut == 300 - 128)
        // As many as there are parts.
        let most = (0...UInt16.max).map { parent(UInt64($0) + 1, $0) }
        #expect(reader.result(of: most) == .several)
        #expect(reader.others.count == 128)
        #expect(reader.othersLeftOut == 65_536 - 128)
        #expect(reader.result(of: [parent(7, 0)]) != .several)
        #expect(reader.others.isEmpty && reader.othersLeftOut == 0)
    }

    @Test func differentSkyWalkingIDsOfABatchAreNone() {
        func sw8(_ index: Int, _ part: UInt16) -> (UInt16, String, String) {
            let id = "ZGU1OTgwYjhmY2UzNGEzN2FhYjliNGFjM2FmN2VlZGQ="
            return (part, "sw8", "1-\(id)-\(id)-\(index)----")
        }
        var reader = ContextReader()
        _ = reader.result(of: [sw8(1, 0), sw8(1, 1)])
        #expect(reader.skyWalking?.spanIndex == 1)
        #expect(reader.result(of: [sw8(1, 0), sw8(2, 1), sw8(1, 2)]) == .several)
        #expect(reader.skyWalking == nil)
        _ = reader.result(of: [sw8(2, 0)])
        #expect(reader.skyWalking?.spanIndex == 2)
    }
}
