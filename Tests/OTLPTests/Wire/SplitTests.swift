import Testing

@testable import OTLP

@Suite struct SplitTests {
    private func batch(_ bytes: [UInt8], _ signal: Signal = .traces) throws -> ReceivedBatch {
        try #require(try TelemetryReader.read(protobuf: bytes, signal: signal).batch)
    }

    private func index(_ batch: ReceivedBatch) -> ItemIndex {
        batch.bytes.withUnsafeBytes { ItemIndex($0, signal: batch.signal) }
    }

    /// Resources with several scopes each, some without spans, and unknown fields between everything.
    private let traces: [UInt8] =
        Proto.text(50, "a")
        + Proto.field(
            1, Proto.field(1, Proto.attribute(1, "service.name", Proto.text(1, "one"))),
            Proto.field(2, Proto.field(1, Proto.text(1, "empty"))),
            Proto.field(2, Proto.span(1), Proto.text(60, "b"), Proto.span(2), Proto.span(3), Proto.text(3, "schema")),
            Proto.number(61, 7), Proto.field(2, Proto.span(4)))
        + Proto.field(1, Proto.text(3, "no spans"))
        + Proto.field(
            1, Proto.field(2, Proto.text(3, "first")), Proto.field(2, Proto.span(5), Proto.span(6)),
            Proto.field(2, Proto.text(3, "last")))
        + Proto.fixed32(51, 9)

    @Test func piecesHaveEveryItemOnceAndInOrder() throws {
        let whole = try batch(traces)
        let spans = index(whole).items.map { Array(whole.bytes[$0.bytes]) }
        #expect(spans == (1...6).map { Proto.span($0) })
        for most in 1...7 {
            let pieces = whole.split(maxItems: most)
            #expect(pieces.count == (6 + most - 1) / most)
            var found: [[UInt8]] = []
            for piece in pieces {
                let again = try batch(piece.bytes)
                #expect(again.bytes == piece.bytes && again.items == piece.items && piece.items <= most)
                found += index(piece).items.map { Array(piece.bytes[$0.bytes]) }
            }
            #expect(found == spans)
        }
        #expect(whole.split(maxItems: 6).map(\.bytes) == [traces])
        #expect(whole.split(maxItems: 0).count == 6)
    }

    @Test func whatStandsBesideIsInEveryPieceAndWhatIsEmptyInOne() throws {
        let head = Proto.field(1, Proto.attribute(1, "service.name", Proto.text(1, "one")))
        let empty = Proto.field(2, Proto.field(1, Proto.text(1, "empty")))
        let beside = Proto.text(60, "b")
        let schema = Proto.text(3, "schema")
        #expect(
            try batch(traces).split(maxItems: 2).map(\.bytes) == [
                Proto.text(50, "a")
                    + Proto.field(
                        1, head, empty, Proto.field(2, Proto.span(1), beside, Proto.span(2), schema),
                        Proto.number(61, 7)) + Proto.fixed32(51, 9),
                Proto.text(50, "a")
                    + Proto.field(
                        1, head, Proto.field(2, beside, Proto.span(3), schema), Proto.number(61, 7),
                        Proto.field(2, Proto.span(4)))
                    + Proto.field(1, Proto.text(3, "no spans")) + Proto.fixed32(51, 9),
                Proto.text(50, "a")
                    + Proto.field(
                        1, Proto.field(2, Proto.text(3, "first")), Proto.field(2, Proto.span(5), Proto.span(6)),
                        Proto.field(2, Proto.text(3, "last"))) + Proto.fixed32(51, 9),
            ])
    }

    @Test func metricsAreSplitByDataPointAndLogsByRecord() throws {
        let metric = Proto.field(
            2, Proto.text(1, "requests"),
            Proto.field(7, Proto.field(1, Proto.double(4, 1)), Proto.field(1, Proto.double(4, 2)), Proto.number(2, 2)))
        let pieces = try batch(Proto.request(metric), .metrics).split(maxItems: 1)
        #expect(
            pieces.map(\.bytes)
                == [1.0, 2.0].map { value in
                    Proto.request(
                        Proto.field(
                            2, Proto.text(1, "requests"),
                            Proto.field(7, Proto.field(1, Proto.double(4, value)), Proto.number(2, 2))))
                })
        let records = try batch(Proto.request(Proto.field(2, Proto.text(3, "A")), Proto.field(2)), .logs)
        #expect(
            records.split(maxItems: 1).map(\.bytes)
                == [Proto.request(Proto.field(2, Proto.text(3, "A"))), Proto.request(Proto.field(2))])
    }

    @Test func manyPiecesOfManyResourcesAreMadeInLinearTime() throws {
        let resource = Proto.field(1, Proto.field(2, Proto.span(1)))
        let whole = try batch((0..<50_000).flatMap { _ in resource })
        var pieces = 0
        for piece in whole.pieces(maxItems: 1) {
            pieces += 1
            if piece.bytes != resource { Issue.record("a piece is \(piece.bytes)") }
        }
        #expect(pieces == 50_000)
    }
}
