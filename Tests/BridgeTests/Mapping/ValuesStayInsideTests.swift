import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP

/// The hashes of a request's values are evidence, and nothing of them leaves.
@Suite struct ValuesStayInsideTests {
    private static let protocols = ApplicationProtocol.allCases

    @Test(arguments: protocols, [Role.client, .server])
    func spansAreTheSameWithAndWithoutValues(_ identity: ApplicationProtocol, _ role: Role) {
        let marks: [UInt64] = [0x5345_4352_4554_2121, 0x4D41_524B_4544_2121]
        let spans = [false, true].map { hasValues in
            var samples = Samples()
            var linked = samples.linked(1, role, phase: .closed, target: "/p", status: 200)
            linked.exchange.protocol = identity
            if hasValues {
                marks.withUnsafeBytes { samples.fields.append(.values, .requestHeader, value: $0) }
                linked.exchange.fields.count += 1
            }
            let (span, batch, attributes) = mapped(linked, fields: samples.fields)
            let text = String(decoding: batch.bytes, as: UTF8.self)
            #expect(!text.contains("!!TERCES") && !text.contains("SECRET!!"))
            return "\(batch.string(span.name)) \(attributes.sorted { $0.key < $1.key }) \(batch.bytes.count)"
        }
        #expect(spans[0] == spans[1])
    }
}
