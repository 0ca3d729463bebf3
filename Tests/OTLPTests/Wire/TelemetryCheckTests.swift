import Testing

@testable import OTLP

@Suite struct TelemetryCheckTests {
    private func read(_ bytes: [UInt8], _ signal: Signal = .traces) throws -> ReceivedTelemetry {
        try TelemetryReader.read(protobuf: bytes, signal: signal)
    }

    private func isMalformed(_ bytes: [UInt8], _ signal: Signal = .traces) -> Bool {
        do throws(MalformedTelemetry) {
            _ = try TelemetryReader.read(protobuf: bytes, signal: signal)
            return false
        } catch {
            return !error.message.isEmpty && !error.message.contains("\n")
        }
    }

    @Test func goodRequestPassesByteForByte() throws {
        let bytes = Proto.request(Proto.span(1), Proto.span(2, Proto.text(4, ""), Proto.number(99, 5)), Proto.span(3))
        let result = try read(bytes)
        #expect(result.batch?.bytes == bytes)
        #expect(result.batch?.items == 3)
        #expect(result.rejected == 0)
        #expect(result.message.isEmpty)
    }

    @Test func nothingIsSuccessWithNothingToPassOn() throws {
        for signal in Signal.allCases {
            for bytes in [[], Proto.field(1), Proto.text(9, "x"), Proto.field(1, Proto.field(2))] {
                let result = try read(bytes, signal)
                #expect(result.batch == nil && result.rejected == 0 && result.message.isEmpty)
            }
        }
    }

    @Test func itemsOfEverySignalAreCounted() throws {
        let logs = Proto.request(Proto.field(2), Proto.field(2, Proto.text(3, "INFO")))
        #expect(try read(logs, .logs).batch?.items == 2)
        var metrics: [UInt8] = []
        for kind: UInt64 in [5, 7, 9, 10, 11] {
            metrics += Proto.field(2, Proto.text(1, "m"), Proto.field(kind, Proto.field(1), Proto.field(1)))
        }
        #expect(try read(Proto.request(metrics), .metrics).batch?.items == 10)
    }

    @Test func truncatedAnywhereIsMalformedOrShorter() throws {
        let bytes = Proto.request(Proto.span(1, Proto.attribute(9, "k", Proto.double(4, 1))), Proto.span(2))
        // Everything is in one resource, so nothing but the whole is well-formed.
        for length in 1..<bytes.count { #expect(isMalformed(Array(bytes[..<length])), "\(length)") }
    }

    @Test func lengthsBeyondTheMessageAreMalformed() {
        let huge = Proto.tag(1, 2) + [0xFF, 0xFF, 0xFF, 0xFF, 0x0F]
        let negative = Proto.tag(1, 2) + [UInt8](repeating: 0xFF, count: 9) + [1]
        for wrong in [
            huge, negative, Proto.tag(1, 2) + [1], Proto.tag(1, 2),
            // Beyond its own message, though within the request.
            Proto.field(1, Proto.tag(2, 2) + [5]) + Proto.text(9, "enough"),
            Proto.field(1, Proto.field(2, Proto.field(2, Proto.tag(7, 1) + [0, 0, 0]))) + Proto.text(9, "enough"),
        ] {
            #expect(isMalformed(wrong), "\(wrong)")
        }
    }

    @Test func tagsAndVarintsThatCannotBeAreMalformed() {
        for wrong: [UInt8] in [
            [0x00, 0x00], [0x02, 0x00], [0x0E], [0x0F], [0x80], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
            Proto.tag(9, 0) + [UInt8](repeating: 0xFF, count: 9) + [2],
            Proto.tag(9, 0) + [UInt8](repeating: 0x80, count: 10) + [0],
        ] {
            #expect(isMalformed(wrong), "\(wrong)")
        }
        #expect(!isMalformed(Proto.tag(9, 0) + [UInt8](repeating: 0xFF, count: 9) + [1]))
    }

    @Test func knownFieldOfAnotherWireTypeIsMalformed() {
        for wrong in [
            Proto.number(5, 1), Proto.fixed64(1, 1), Proto.text(6, "x"), Proto.number(7, 1), Proto.fixed32(7, 1),
            Proto.fixed64(16, 1), Proto.number(9, 1), Proto.tag(9, 3) + Proto.tag(9, 4),
        ] {
            #expect(isMalformed(Proto.request(Proto.span(1, wrong))), "\(wrong)")
        }
        #expect(isMalformed(Proto.number(1, 1)))
    }

    @Test func repeatedNumbersComePackedOrNot() throws {
        func request(_ field: [UInt8]) -> [UInt8] {
            Proto.request(Proto.field(2, Proto.field(9, Proto.field(1, field))))
        }
        let eight = [UInt8](repeating: 1, count: 8)
        for good in [Proto.field(6, eight + eight), Proto.fixed64(6, 1) + Proto.fixed64(6, 2), Proto.field(6)] {
            #expect(try read(request(good), .metrics).batch?.items == 1)
        }
        #expect(isMalformed(request(Proto.field(6, eight + [1])), .metrics))
        #expect(isMalformed(request(Proto.number(6, 1)), .metrics))
        // Not of a field that is there once.
        #expect(isMalformed(request(Proto.field(4, eight)), .metrics))
        let exponential = Proto.field(10, Proto.field(1, Proto.field(8, Proto.field(2, [0x80]))))
        #expect(isMalformed(Proto.request(Proto.field(2, exponential)), .metrics))
    }

    @Test func textThatIsNotUTF8IsMalformed() {
        for wrong: [UInt8] in [
            [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80], Array("12345678".utf8) + [0x80],
            [0xF5, 0x80, 0x80, 0x80],
        ] {
            #expect(isMalformed(Proto.request(Proto.span(1, Proto.field(5, wrong)))), "\(wrong)")
        }
        #expect(!isMalformed(Proto.request(Proto.span(1, Proto.text(5, "größe 😀 \u{0}")))))
        // Bytes and what is not known may be anything.
        #expect(!isMalformed(Proto.request(Proto.span(1, Proto.attribute(9, "k", Proto.field(7, [0xFF]))))))
        #expect(!isMalformed(Proto.request(Proto.span(1, Proto.field(99, [0xFF])))))
    }

    @Test func nestingIsBoundedAtProtobufsOwnDefault() {
        // The span's value lies 5 messages below the request, and each array adds two.
        for (arrays, isGood) in [(47, true), (48, false), (10_000, false)] {
            let request = Proto.request(Proto.span(1, Proto.attribute(9, "k", Proto.nested(arrays))))
            #expect(isMalformed(request) == !isGood, "\(arrays)")
        }
    }

    @Test func groupsThatNobodyKnowsArePassedOverWithinBounds() throws {
        let inner = Proto.text(1, "not checked: ") + Proto.field(2, [0xFF]) + Proto.tag(3, 3) + Proto.tag(3, 4)
        let good = Proto.request(Proto.span(1, Proto.tag(50, 3) + inner + Proto.tag(50, 4)), Proto.span(2))
        #expect(try read(good).batch?.bytes == good)
        for wrong in [
            Proto.tag(50, 3), Proto.tag(50, 4), Proto.tag(50, 3) + Proto.tag(51, 4),
            Proto.tag(50, 3) + Proto.tag(51, 3) + Proto.tag(50, 4) + Proto.tag(51, 4),
            Proto.tag(50, 3) + Proto.tag(1, 2) + [9] + Proto.tag(50, 4),
        ] {
            #expect(isMalformed(Proto.request(Proto.span(1, wrong))), "\(wrong)")
        }
        let deep = (0..<10_000).flatMap { _ in Proto.tag(50, 3) }
        #expect(isMalformed(deep + (0..<10_000).flatMap { _ in Proto.tag(50, 4) }))
    }

    static let illFormed: [[UInt8]] = [
        Proto.field(2),
        Proto.field(2, Proto.ids(trace: 0, span: 1)),
        Proto.field(2, Proto.ids(trace: 1, span: 0)),
        Proto.field(2, Proto.field(1, [1]), Proto.field(2, [UInt8](repeating: 1, count: 8))),
        Proto.field(2, Proto.field(1, [UInt8](repeating: 1, count: 17)), Proto.field(2, [1, 1, 1, 1, 1, 1, 1, 1])),
        Proto.field(2, Proto.field(1, [UInt8](repeating: 1, count: 16)), Proto.field(2, [1, 1, 1, 1])),
        Proto.field(2, Proto.field(1, [UInt8](repeating: 1, count: 16))),
        Proto.span(7, Proto.field(4, [1])),
        Proto.span(7, Proto.field(4, [UInt8](repeating: 1, count: 16))),
        // Of an id that is there twice the last counts.
        Proto.span(7, Proto.field(2, [UInt8](repeating: 0, count: 8))),
        Proto.span(7, Proto.field(13, Proto.field(1, [1, 2, 3]))),
        Proto.span(7, Proto.field(13, Proto.field(2, [UInt8](repeating: 1, count: 16)))),
    ]

    @Test(arguments: illFormed) func spanWithIllFormedIDsIsRefusedAndItsSiblingsPass(span: [UInt8]) throws {
        let siblings = [Proto.span(1, Proto.text(99, "unknown")), Proto.span(2), Proto.span(3)]
        let without = Proto.request(siblings.flatMap { $0 }) + Proto.text(88, "x")
        for place in 0...3 {
            var items = siblings
            items.insert(span, at: place)
            let result = try read(Proto.request(items.flatMap { $0 }) + Proto.text(88, "x"))
            #expect(result.batch?.bytes == without)
            #expect(result.batch?.items == 3)
            #expect(result.rejected == 1)
            #expect(result.message.contains("1 of 4"))
        }
        let alone = try read(Proto.request(span, span))
        #expect(alone.batch == nil && alone.rejected == 2 && !alone.message.isEmpty)
    }

    @Test func idsThatMayBeAbsentMayBe() throws {
        let parent = Proto.field(4, [0, 0, 0, 0, 0, 0, 0, 0])
        let link = Proto.field(13, Proto.field(1), Proto.text(3, "a=b"))
        let bytes = Proto.request(Proto.span(1, parent, link), Proto.span(2, Proto.field(4)))
        #expect(try read(bytes).batch?.bytes == bytes)
    }

    @Test func everyMutationIsAnsweredAndWhatPassesIsGood() throws {
        let seeds = [
            Proto.request(
                Proto.span(1, Proto.text(5, "name"), Proto.attribute(9, "k", Proto.nested(3))),
                Proto.span(2, Proto.field(13, Proto.ids(trace: 4, span: 4)), Proto.tag(50, 3) + Proto.tag(50, 4))),
            Proto.request(
                Proto.field(2, Proto.field(9, Proto.field(1, Proto.field(6, [UInt8](repeating: 1, count: 16)))))),
        ]
        var random = SeededGenerator(3)
        var passed = 0
        for round in 0..<20_000 {
            var bytes = seeds[round % seeds.count]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 2 where bytes.count > 2: bytes.remove(at: place)
                default: bytes.insert(bytes[place], at: place)
                }
            }
            for signal in Signal.allCases {
                guard let result = try? read(bytes, signal), let batch = result.batch else { continue }
                passed += 1
                // What was taken apart and put together again is good as it is.
                let again = try read(batch.bytes, signal)
                #expect(again.batch?.bytes == batch.bytes && again.rejected == 0 && again.batch?.items == batch.items)
                for piece in batch.split(maxItems: 1) { #expect(try read(piece.bytes, signal).batch?.items == 1) }
                let buffer = ByteBuffer()
                TelemetryEncoder(.json, signal).encode([.received(batch)], into: buffer)
                let items = try TelemetryReader.read(json: buffer.bytes, signal: signal).batch?.items
                // Of a metric that is said to be of two kinds JSON has the one that counts.
                #expect(items == batch.items || signal == .metrics)
                _ = SpanBatch(decoding: batch)
            }
        }
        #expect(passed > 1000)
    }
}
