import Capture
import Testing

@Suite struct ReplayAddressTextTests {
    @Test(arguments: [
        "0.0.0.0", "127.0.0.1", "255.255.255.255", "::", "::1", "1::", "2001:db8::1", "fe80::1:2:3:4",
        "::ffff:10.0.0.1",
        "2001:db8:0:1:1:1:1:1", "2001:0:0:1::1", "2001:db8::1:0:0:1", "1:2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:0",
    ])
    func canonicalTextComesBackUnchanged(text: String) throws {
        #expect(try #require(Endpoint(addressText: text)).addressText == text)
    }

    @Test(arguments: [
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"), ("0:0:0:0:0:0:0:0", "::"), ("::10.0.0.1", "::a00:1"),
        ("::ffff:a00:1", "::ffff:10.0.0.1"), ("2001:0db8::0001", "2001:db8::1"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
        ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
    ])
    func otherSpellingsBecomeCanonical(text: String, canonical: String) throws {
        #expect(try #require(Endpoint(addressText: text)).addressText == canonical)
    }

    @Test(arguments: [
        "", ".", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", "+1.2.3.4", ":", ":::", "1:2", "::1::",
        "1::2::3",
        ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", "1:2:3:4:5:6:7:8:9", "12345::", "g::", "::1%eth0", "1.2.3.4::", "::1.2.3",
        "1:::2",
        "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "[::1]", "1:2:3:4:5:6:7:1.2.3.4",
    ])
    func whatIsNoAddressIsRefused(text: String) {
        #expect(Endpoint(addressText: text) == nil)
    }

    @Test(arguments: [
        ("10.0.0.1", "10.0.0.1", UInt16(0)), ("10.0.0.1:80", "10.0.0.1", 80), ("::1", "::1", 0), ("[::1]", "::1", 0),
        ("[fd00::2]:65535", "fd00::2", 65535),
    ])
    func addressWithPortIsRead(text: String, address: String, port: UInt16) throws {
        let endpoint = try #require(Endpoint(parsing: text))
        #expect(endpoint == Endpoint(addressText: address, port: port))
    }

    @Test(arguments: [
        "10.0.0.1:", "10.0.0.1:0", "10.0.0.1:65536", "10.0.0.1:-1", "[::1", "[::1]80", "[10.0.0.1]:80", "x:80", ":80",
    ])
    func wrongAddressWithPortIsRefused(text: String) {
        #expect(Endpoint(parsing: text) == nil)
    }

    @Test func addressAndPortTextBracketsIPv6() throws {
        #expect(try #require(Endpoint(parsing: "[::1]:80")).addressAndPortText == "[::1]:80")
        #expect(try #require(Endpoint(parsing: "10.0.0.1:80")).addressAndPortText == "10.0.0.1:80")
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("10.0.0.1", "10.0.0.1", true),
        ("10.0.0.1", "10.0.0.2", false), ("0.0.0.0/0", "1.2.3.4", true), ("0.0.0.0/0", "::1", false),
        ("::1/128", "::1", true), ("fd00::/8", "fdff::1", true), ("fd00::/8", "fe00::1", false),
        ("2001:db8::/96", "2001:db8::ffff:1", true), ("2001:db8::/96", "2001:db8::1:0:1", false),
    ])
    func networkContainsItsAddresses(network: String, address: String, isIn: Bool) throws {
        let address = try #require(Endpoint(addressText: address))
        #expect(try #require(Network(parsing: network)).contains(address) == isIn)
    }

    @Test(arguments: [
        "10.0.0.0/33", "10.0.0.0/", "/8", "10.0.0.0/08", "10.0.0.0/8/8", "::/129", "10.0.0.0/-1", "ten/8", "",
    ])
    func whatIsNoNetworkIsRefused(text: String) {
        #expect(Network(parsing: text) == nil)
    }
}
