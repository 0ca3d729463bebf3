import Testing

@testable import OTLP

@Suite struct SpanRewriteTests {
    private func batch(_ bytes: [UInt8]) throws -> ReceivedBatch {
        try #require(ReceivedBatch(checking: bytes, signal: .traces))
    }

    private func rewrite(_ span: UInt32, _ change: (inout SpanRewrite) -> Void) -> SpanRewrite {
        var rewrite = SpanRewrite(span: span)
        change(&rewrite)
        return rewrite
    }

    private let other = TraceID(high: 0x0102_0304_0506_0708, low: 0x090A_0B0C_0D0E_0F10)
    private let otherBytes = Array(UInt8(1)...16)

    @Test func idsAreOverwrittenWhereTheyStand() throws {
        func request(trace: [UInt8], parent: [UInt8]) -> [UInt8] {
            Proto.request(
                Proto.span(1, Proto.field(4, [UInt8](repeating: 9, count: 8))),
                Proto.field(
                    2, Proto.text(5, "before"), Proto.field(1, trace), Proto.field(2, [1, 1, 1, 1, 1, 1, 1, 1]),
                    Proto.text(70, "unknown"), Proto.field(4, parent), Proto.text(3, "a=b")), Proto.span(3))
        }
        let received = request(trace: [UInt8](repeating: 0xAA, count: 16), parent: [UInt8](repeating: 7, count: 8))
        let rewritten = try batch(received).rewritten([
            rewrite(1) {
                $0.traceID = other
                $0.parentSpanID = 0x1122_3344_5566_7788
            }
        ])
        #expect(
            rewritten.bytes
                == request(trace: otherBytes, parent: [0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88]))
        #expect(rewritten.items == 3 && rewritten.signal == .traces)
    }

    @Test func joinedSpanSaysWhereItCameFrom() throws {
        let received = try batch(Proto.request(Proto.span(1), Proto.span(2, Proto.text(5, "GET /"))))
        let rewritten = received.rewritten([
            rewrite(1) {
                $0.traceID = other
                $0.parentSpanID = 0x99
                $0.keepsOriginal = true
                $0.clockSkew = -5
                $0.method = "sql-comment"
                $0.confidence = 0.5
            }
        ])
        let spans = SpanBatch(decoding: try batch(rewritten.bytes))
        let span = spans.spans[1]
        #expect(span.traceID == other && span.parentSpanID == 0x99 && span.spanID == 0x0202_0202_0202_0202)
        #expect(spans.string(span.name) == "GET /")
        let former = UInt64(0xAAAA_AAAA_AAAA_AAAA)
        let links = spans.links[spans.links.indices(of: span.links)]
        #expect(links.map(\.traceID) == [TraceID(high: former, low: former)])
        #expect(links.map(\.spanID) == [span.spanID] && links.first?.attributes.count == 0)
        let attributes = spans.attributes[spans.attributes.indices(of: span.attributes)].map { attribute in
            guard case .named(let key) = attribute.key else { return "?" }
            switch attribute.value {
            case .string(let text): return "\(spans.string(key))=\(spans.string(text))"
            case .int(let number): return "\(spans.string(key))=\(number)"
            case .double(let number): return "\(spans.string(key))=\(number)"
            default: return "?"
            }
        }
        #expect(
            attributes == [
                "interspan.original.trace_id=\(String(repeating: "a", count: 32))", "interspan.clock.skew_ns=-5",
                "interspan.link.method=sql-comment", "interspan.link.confidence=0.5",
            ])
        // The other is as it was.
        #expect(spans.spans[0].traceID == TraceID(high: former, low: former) && spans.spans[0].attributes.count == 0)
    }

    @Test func rewrittenSpanKeepsItsOriginalOnlyIfItsTraceIsAnother() throws {
        let received = try batch(Proto.request(Proto.span(1)))
        let same = TraceID(high: 0xAAAA_AAAA_AAAA_AAAA, low: 0xAAAA_AAAA_AAAA_AAAA)
        for traceID in [nil, same, TraceID(high: 0, low: 0)] {
            let rewritten = received.rewritten([
                rewrite(0) {
                    $0.traceID = traceID
                    $0.keepsOriginal = true
                }
            ])
            #expect(rewritten.bytes == received.bytes)
        }
    }

    @Test func onlyLinksToTheFormerTraceFollow() throws {
        let (own, foreign) = (Proto.ids(trace: 0xAA, span: 4), Proto.ids(trace: 0xBB, span: 5))
        let received = Proto.request(Proto.span(1, Proto.field(13, own), Proto.field(13, foreign), Proto.field(13)))
        let rewritten = try batch(received).rewritten([rewrite(0) { $0.traceID = other }])
        let moved = Proto.field(1, otherBytes) + Proto.field(2, [UInt8](repeating: 4, count: 8))
        #expect(
            rewritten.bytes
                == Proto.request(
                    Proto.field(
                        2, Proto.field(1, otherBytes), Proto.field(2, [UInt8](repeating: 1, count: 8)),
                        Proto.field(13, moved), Proto.field(13, foreign), Proto.field(13))))
    }

    @Test func everythingElseIsAsItWasForAnyRequest() throws {
        var random = SeededGenerator(11)
        var changed = 0
        for _ in 0..<1000 {
            let model = RequestModel.random(&random)
            guard let received = ReceivedBatch(checking: model.encoded(), signal: .traces) else { continue }
            let rewrites = model.rewrites(&random)
            let rewritten = received.rewritten(rewrites)
            let expected = model.encoded(rewrites)
            if expected != received.bytes { changed += 1 }
            guard rewritten.bytes == expected else {
                Issue.record("\(rewrites) of \(received.bytes): \(rewritten.bytes) for \(expected)")
                return
            }
            let again = try batch(rewritten.bytes)
            #expect(again.bytes == rewritten.bytes && again.items == received.items)
            // What is read of the spans agrees with what was asked for.
            let (before, after) = (ReceivedSpans(received), ReceivedSpans(rewritten))
            #expect(before.resources == after.resources)
            for (index, span) in after.spans.enumerated() {
                let asked = rewrites.first { $0.span == UInt32(index) }
                #expect(span.traceID == asked?.traceID ?? before.spans[index].traceID)
                #expect(span.parentSpanID == asked?.parentSpanID ?? before.spans[index].parentSpanID)
                #expect(span.spanID == before.spans[index].spanID && span.resource == before.spans[index].resource)
            }
        }
        #expect(changed > 300)
    }

    @Test func everyLengthOnTheWayIsRewrittenAtItsNewSize() throws {
        // Spans whose lengths, and those around them, come to need another byte.
        for padding in [10, 60, 80, 90, 100, 110, 120, 16_200, 16_300, 16_380] {
            var model = RequestModel()
            model.resources = [
                [[[.traceID(1), .raw(Proto.field(2, [UInt8](repeating: 0x5A, count: 8)))]]],
                [
                    [
                        [
                            .traceID(2), .raw(Proto.field(2, [UInt8](repeating: 0x5A, count: 8))),
                            .attribute("x", Proto.text(1, String(repeating: "y", count: padding))),
                        ]
                    ]
                ],
            ]
            let rewrites = [
                rewrite(1) {
                    $0.traceID = other
                    $0.keepsOriginal = true
                }
            ]
            #expect(try batch(model.encoded()).rewritten(rewrites).bytes == model.encoded(rewrites), "\(padding)")
        }
    }

    @Test func lengthsThatDoNotChangeStayHoweverTheyAreWritten() throws {
        /// A field whose length has a byte more than it needs.
        func padded(_ number: UInt64, _ contents: [UInt8]) -> [UInt8] {
            Proto.tag(number, 2) + [UInt8(contents.count & 0x7F) | 0x80, UInt8(contents.count >> 7) | 0x80, 0]
                + contents
        }
        func request(_ trace: [UInt8], parent: [UInt8]) -> [UInt8] {
            let span = padded(1, trace) + padded(2, [1, 1, 1, 1, 1, 1, 1, 1]) + padded(4, parent)
            return padded(1, padded(2, padded(2, span)))
        }
        let received = try batch(request([UInt8](repeating: 3, count: 16), parent: [2, 2, 2, 2, 2, 2, 2, 2]))
        let rewrites = [
            rewrite(0) {
                $0.traceID = other
                $0.parentSpanID = 0x0505_0505_0505_0505
            }
        ]
        #expect(received.rewritten(rewrites).bytes == request(otherBytes, parent: [5, 5, 5, 5, 5, 5, 5, 5]))
    }

    @Test func rewritesOutOfOrderOrOfNoSpanArePassedOver() throws {
        let received = try batch(Proto.request(Proto.span(1), Proto.span(2), Proto.span(3)))
        func moved(_ spans: [UInt32]) -> [Bool] {
            let rewritten = received.rewritten(spans.map { span in rewrite(span) { $0.traceID = other } })
            return ReceivedSpans(rewritten).spans.map { $0.traceID == other }
        }
        #expect(moved([]) == [false, false, false])
        #expect(moved([0, 1, 2]) == [true, true, true])
        #expect(moved([1, 0, 2]) == [false, true, true])
        #expect(moved([2, 2, 3, .max]) == [false, false, true])
    }

    @Test func rewriteThatWouldMakeTheRequestTooLargeIsLeftOut() throws {
        let received = try batch(Proto.request(Proto.span(1), Proto.span(2)))
        let rewrites = (0..<2).map { span in
            rewrite(UInt32(span)) {
                $0.traceID = other
                $0.keepsOriginal = true
            }
        }
        let whole = received.rewritten(rewrites)
        let first = received.rewritten([rewrites[0]])
        for limit in received.bytes.count...(whole.bytes.count + 16) {
            let limited = received.rewritten(rewrites, limit: limit)
            #expect([received.bytes, first.bytes, whole.bytes].contains(limited.bytes))
            #expect(limited.bytes.count <= limit)
            if limit >= whole.bytes.count + 12 { #expect(limited.bytes == whole.bytes) }
        }
    }

    @Test func otherSignalsStay() throws {
        let logs = try #require(ReceivedBatch(checking: Proto.request(Proto.field(2)), signal: .logs))
        #expect(logs.rewritten([rewrite(0) { $0.method = "timing" }]).bytes == logs.bytes)
    }

    @Test func noBytesTrapAndWhatWasGoodStaysGood() throws {
        var random = SeededGenerator(5)
        var good = 0
        for _ in 0..<1000 {
            let model = RequestModel.random(&random)
            let rewrites = model.rewrites(&random)
            var bytes = model.encoded()
            for _ in 0..<Int.random(in: 0...4, using: &random) where bytes.count > 2 {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 2: bytes.removeSubrange(place...)
                default: bytes.insert(bytes[place], at: place)
                }
            }
            // Nobody checked these.
            let raw = ReceivedBatch(signal: .traces, bytes: bytes, items: 1)
            _ = ReceivedSpans(raw)
            _ = raw.rewritten(rewrites)
            for signal in Signal.allCases {
                _ = ReceivedBatch(signal: signal, bytes: bytes, items: 1).tracesRenamed { _ in other }
            }
            guard let checked = ReceivedBatch(checking: bytes, signal: .traces) else { continue }
            good += 1
            let rewritten = checked.rewritten(rewrites)
            let again = try batch(rewritten.bytes)
            #expect(again.bytes == rewritten.bytes && again.items == checked.items)
        }
        #expect(good > 150)
    }
}
