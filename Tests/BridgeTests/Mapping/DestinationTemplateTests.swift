import Testing

@testable import Bridge

@Suite struct DestinationTemplateTests {
    @Test(arguments: [
        ("orders.new", nil, DestinationTemplate.Verdict.lasting),
        ("_INBOX.abc.1", "_INBOX.*", .temporary),
        ("$JS.ACK.S.C.1.5.5.1700.0", "$JS.ACK.*", .template),
        ("amq.gen-x1Yz", "amq.gen-*", .temporary),
        ("shop:new:amq.gen-x1Yz", "shop:new:amq.gen-*", .temporary),
        ("amq.rabbitmq.reply-to.g1h2AA5y", "amq.rabbitmq.reply-to.*", .temporary),
        ("things/0c1d2e3f-0011-2233-4455-66778899aabb/state", "things/*/state", .template),
        ("things/0c1d2e3f-0011-2233-4455-66778899aabbc", "things/*", .template),
        ("devices/4711/state", "devices/*/state", .template),
        ("devices/42/state", nil, .lasting),
        ("20240131", nil, .lasting),
        ("4711.done", "*.done", .template),
        ("shop:order.123456", "shop:order.*", .template),
        ("orders.v2", nil, .lasting),
        ("amq.topic:a..b/", nil, .lasting),
    ])
    func namesMadeForOneClientHaveATemplate(_ name: String, _ template: String?, _ verdict: DestinationTemplate.Verdict)
    {
        var written: [UInt8] = []
        let got = Array(name.utf8).withUnsafeBytes { bytes in
            DestinationTemplate.write(bytes) { written += Array($0) }
        }
        #expect(got == verdict)
        #expect(String(decoding: written, as: UTF8.self) == template ?? "")
    }
}
