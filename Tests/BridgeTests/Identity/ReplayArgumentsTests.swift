import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP

@Suite struct ReplayArgumentsTests {
    @Test(
        arguments: [
            ("127.0.0.1=shop", 0, "shop"), ("127.0.0.1:8080=shop", 8080, "shop"), ("[::1]:80=web", 80, "web"),
            ("::1=web", 0, "web"), ("[::1]=web", 0, "web"), ("10.0.0.1=a=b", 0, "a=b"),
        ] as [(String, UInt16, String)])
    func namesAreRead(_ text: String, _ port: UInt16, _ name: String) throws {
        let read = try ReplayArguments.name(text)
        #expect(read.endpoint.port == port)
        #expect(read.name == name)
    }

    @Test(arguments: [
        "shop", "127.0.0.1", "127.0.0.1=", "=x", "host=x", "[::1=x", "127.0.0.1:99999=x", "10.0.0.0/8=x", "[::1]80=x",
    ])
    func nonsenseIsRefused(_ text: String) {
        #expect(throws: ArgumentsError.self) { try ReplayArguments.name(text) }
    }

    @Test func addressNamesServingAndCallingSides() throws {
        var directory = AddressDirectory(names: [try ReplayArguments.name("127.0.0.1:80=web")])
        var samples = Samples()
        let server = samples.linked(1, .server).exchange
        let client = samples.linked(1, .client).exchange
        #expect(directory.resource(for: server)?.serviceName == "web")
        #expect(directory.resource(for: client)?.serviceName == "127.0.0.1")
        var unnamed = AddressDirectory(names: [])
        #expect(unnamed.resource(for: server)?.serviceName == "127.0.0.1:80")
        #expect(directory.resource(for: server) === directory.resource(for: server))
    }
}
