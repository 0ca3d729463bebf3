import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP

@Suite struct HeldSpansTests {
    private static func entry(_ number: UInt64, _ samples: inout Samples) -> WaitingExchanges.Entry {
        let exchange = samples.linked(number, .server, phase: .closed, target: "/\(number)").exchange
        return WaitingExchanges.Entry(
            exchange: exchange,
            place: SpanContext(rootOf: exchange.end, join: .link(.none), confidence: 0, earliest: 0),
            wallClockOffset: 0, since: number)
    }

    private static func paths(_ released: WaitingExchanges) -> [String] {
        released.entries.map { entry in
            let field = released.fields.first(.target, in: entry.exchange.fields)!
            return released.fields.withBytes(of: field.value) { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test func whatIsHeldUnderAKeyLeavesInItsOrderWithItsFields() {
        var held = HeldSpans<Int>(maximum: 100_000)
        for number in 0..<3000 as Range<UInt64> {
            var samples = Samples()
            let entry = Self.entry(number, &samples)
            held.append(entry, fields: samples.fields, under: Int(number % 3))
        }
        #expect(held.count == 3000)
        #expect(held.oldest?.key == 0 && held.oldest?.since == 0)
        for key in [1, 0, 2] {
            var released = WaitingExchanges()
            held.release(key, into: &released)
            #expect(Self.paths(released) == (0..<1000).map { "/\($0 * 3 + key)" })
        }
        #expect(held.count == 0 && held.oldest == nil)
    }

    @Test func whatIsReleasedMakesRoomAgain() {
        var held = HeldSpans<UInt64>(maximum: 600)
        for number in 0..<10_000 as Range<UInt64> {
            var samples = Samples()
            if !held.hasRoom {
                var released = WaitingExchanges()
                held.release(held.oldest!.key, into: &released)
                #expect(Self.paths(released) == ["/\(number - 600)"])
            }
            held.append(Self.entry(number, &samples), fields: samples.fields, under: number)
        }
        #expect(held.count == 600)
    }
}
