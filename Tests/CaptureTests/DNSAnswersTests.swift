import Testing

@testable import Capture

/// The addresses that responses hand on.
@Suite struct DNSAnswersTests {
    private static func record(_ type: Int, _ data: [UInt8], seconds: UInt8 = 60) -> [UInt8] {
        [0xC0, 12] + DNSBytes.big16(type) + [0, 1, 0, 0, 0, seconds] + DNSBytes.big16(data.count) + data
    }

    private func answers(_ records: [[UInt8]], count: Int? = nil) -> [String] {
        let message = records.flatMap { $0 }
        return message.withUnsafeBytes { message in
            withUnsafeTemporaryAllocation(byteCount: DNSAnswers.most * DNSAnswers.length, alignment: 1) { room in
                let length = DNSAnswers.write(message, from: 0, count: count ?? records.count, to: room)
                var found: [String] = []
                DNSAnswers.forEach(UnsafeRawBufferPointer(rebasing: room[..<length])) { address, seconds in
                    let text = Endpoint(family: .ipv6, port: 0, high: address.high, low: address.low).addressText
                    found.append("\(text) \(seconds)")
                }
                return found
            }
        }
    }

    @Test func addressesBehindAnAliasAreTheAnswer() {
        let six: [UInt8] = [0xFD] + [UInt8](repeating: 0, count: 14) + [1]
        let records = [
            Self.record(5, DNSBytes.name("other.test")), Self.record(1, [10, 0, 0, 2], seconds: 5),
            Self.record(28, six),
        ]
        #expect(answers(records) == ["::ffff:10.0.0.2 5", "fd00::1 60"])
    }

    @Test func whatIsNoAddressOrNotWholeIsLeftOut() {
        let good = Self.record(1, [10, 0, 0, 2])
        #expect(answers([Self.record(1, [10, 0, 0]), Self.record(16, [10, 0, 0, 2]), good]).count == 1)
        #expect(answers([good, Array(good.dropLast())]).count == 1)
        #expect(answers([good], count: 65_535).count == 1)
        #expect(answers([]).isEmpty)
    }

    @Test func noMoreThanTheBoundAreHandedOn() {
        #expect(answers((0..<100).map { Self.record(1, [10, 0, 0, UInt8($0)]) }).count == DNSAnswers.most)
    }
}
