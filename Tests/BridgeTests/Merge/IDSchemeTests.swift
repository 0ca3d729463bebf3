import Testing

@testable import Bridge
@testable import Capture

@Suite struct IDSchemeTests {
    private let connection = ConnectionIdentity(kind: .tcp, requester: 0x1234_5678, responder: 0x9abc_def0)

    @Test func idsAreTheSameForeverAndOnEveryHost() {
        let id = ExchangeID(connection: connection, requestOffset: 100)
        // Fixed: two versions of the agent may see two ends of one exchange.
        #expect(id == ExchangeID(high: 0xb27b_ee54_da65_4e99, low: 0xac25_97bd_36b3_7276))
        #expect(IDScheme.spanID(of: ExchangeEnd(id: id, role: .client)) == 0x6b85_644d_0788_bfe8)
        #expect(IDScheme.spanID(of: ExchangeEnd(id: id, role: .server)) == 0x0ce7_7c89_e18c_0283)
    }

    @Test func everyPartOfTheIdentityCounts() {
        var seen: Set<ExchangeID> = []
        var swapped = connection
        swap(&swapped.requester, &swapped.responder)
        var other = connection
        other.kind = .unix
        for connection in [connection, swapped, other] {
            for offset in 0..<100 as Range<UInt64> {
                for stream in 0..<10 as Range<UInt64> {
                    seen.insert(ExchangeID(connection: connection, requestOffset: offset, stream: stream))
                }
            }
        }
        #expect(seen.count == 3 * 100 * 10)
        #expect(Set(seen.map(\.low)).count == seen.count)
    }

    @Test func bitsOfIDsAreEvenlySet() {
        var counts = [Int](repeating: 0, count: 128)
        for offset in 0..<4096 as Range<UInt64> {
            let id = ExchangeID(connection: connection, requestOffset: offset)
            for bit in 0..<64 {
                counts[bit] += Int(id.high >> UInt64(bit) & 1)
                counts[64 + bit] += Int(id.low >> UInt64(bit) & 1)
            }
        }
        // 4096 fair coins: 2048, give or take six standard deviations of 32.
        #expect(counts.allSatisfy { abs($0 - 2048) < 192 })
    }
}
