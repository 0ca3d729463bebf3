import Glibc
import Testing
import Threading

@testable import OTLP

/// Our own small server over real sockets, and peers that do not behave.
@Suite struct EndpointServerTests {
    /// A server with one address, shut down with the test.
    private final class Fixture {
        let server: EndpointServer
        let recorder = LogRecorder()

        init(_ change: (inout EndpointSettings) -> Void = { _ in }) throws {
            var settings = EndpointSettings(key: "key", address: ListenAddress(host: "127.0.0.1", port: 0)) { request in
                switch request.path {
                case "/hello": EndpointAnswer(status: 200, text: "hello")
                case "/large":
                    EndpointAnswer(status: 200, contentType: "x/y", body: [UInt8](repeating: 65, count: 64 << 20))
                default: .notFound
                }
            }
            change(&settings)
            server = EndpointServer([settings], log: recorder.log)
            try server.start()
        }

        deinit { server.shutdown() }

        var port: Int { Int(server.bound.first?.port ?? 0) }

        func connect() -> RawConnection { RawConnection(port: port) }

        func ask(_ text: String) -> String {
            let connection = connect()
            connection.send(text)
            return connection.text()
        }
    }

    @Test func aRequestIsAnsweredAndTheConnectionEnds() throws {
        let fixture = try Fixture()
        #expect(fixture.server.bound.first?.address == [127, 0, 0, 1])
        let answer = fixture.ask("GET /hello?x HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answer.contains("\r\ncontent-length: 6\r\n"))
        #expect(answer.contains("\r\nconnection: close\r\n"))
        #expect(answer.hasSuffix("\r\n\r\nhello\n"))
    }

    @Test func addressesComeAndGoWhileItRuns() throws {
        let fixture = try Fixture()
        let first = fixture.server.bound
        func settings(_ port: Int) -> EndpointSettings {
            EndpointSettings(key: "other", address: ListenAddress(host: "127.0.0.1", port: port)) { _ in
                EndpointAnswer(status: 200, text: "other")
            }
        }
        let added = try fixture.server.add([settings(0)])
        #expect(fixture.server.bound == first + added)
        let second = RawConnection(port: Int(added[0].port))
        second.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(second.text().hasSuffix("other\n"))
        // One that cannot be had takes what was bound with it along.
        #expect(throws: ReceiverError.self) {
            _ = try fixture.server.add([settings(0), settings(Int(added[0].port))])
        }
        #expect(fixture.server.bound == first + added)
        #expect(fixture.ask("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n").hasSuffix("hello\n"))
        fixture.server.remove(first)
        #expect(fixture.server.bound == added)
        // Its port is free again.
        let again = try fixture.server.add([settings(Int(first[0].port))])
        #expect(again.first?.port == first[0].port)
    }

    @Test func aServerWithoutAnAddressMayGetOne() throws {
        let server = EndpointServer([], log: LogRecorder().log)
        try server.start()
        defer { server.shutdown() }
        let added = try server.add([
            EndpointSettings(key: "k", address: ListenAddress(host: "127.0.0.1", port: 0)) { _ in .notFound }
        ])
        #expect(server.bound == added && added.count == 1)
    }

    @Test func aHeadHasTheLengthAndNoBody() throws {
        let answer = try Fixture().ask("HEAD /hello HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(answer.contains("content-length: 6") && answer.hasSuffix("\r\n\r\n"))
    }

    @Test(arguments: [
        ("GET /none HTTP/1.1\r\nHost: h\r\n\r\n", "404"),
        ("POST /hello HTTP/1.1\r\nHost: h\r\ncontent-length: 3\r\n\r\nabc", "405"),
        ("GET /hello HTTP/1.1\r\n\r\n", "400"), ("\u{16}\u{03}\u{01}\u{02}\u{00}\u{01}garbage\r\n\r\n", "400"),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "4"), ("GET /hello HTTP/1.0\r\n\r\n", "200"),
    ])
    func whatIsNotServedIsSaidSo(_ request: String, _ status: String) throws {
        let answer = try Fixture().ask(request)
        #expect(answer.hasPrefix("HTTP/1.1 \(status)"), "\(answer.prefix(60))")
        if status == "405" { #expect(answer.contains("allow: GET, HEAD")) }
    }

    @Test func requestsAheadAreNotAnswered() throws {
        let request = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n"
        let answer = try Fixture().ask(String(repeating: request, count: 500))
        #expect(answer.ranges(of: "HTTP/1.1 200").count == 1)
    }

    @Test func aHeadThatIsTooLargeIsRefused() throws {
        let filler = String(repeating: "a", count: 20_000)
        let answer = try Fixture().ask("GET /hello HTTP/1.1\r\nHost: h\r\nx: \(filler)\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 431"), "\(answer.prefix(60))")
    }

    @Test func whoTakesTooLongToAskIsClosed() throws {
        let fixture = try Fixture { $0.readTimeoutNanoseconds = 300_000_000 }
        let began = Monotonic.now()
        let (silent, slow) = (fixture.connect(), fixture.connect())
        slow.send("GET /hello HT")
        #expect(silent.text().isEmpty)
        #expect(slow.text().isEmpty)
        #expect(Monotonic.now() - began < 10_000_000_000)
    }

    @Test func whoDoesNotTakeTheAnswerIsClosed() throws {
        let fixture = try Fixture { $0.writeTimeoutNanoseconds = 300_000_000 }
        let connection = fixture.connect()
        connection.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n")
        usleep(900_000)
        #expect(fixture.ask("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n").contains("hello"), "others are served meanwhile")
        #expect(connection.receiveAll().count < 64 << 20)
    }

    @Test func aPeerThatSendsNoMoreGetsItsAnswer() throws {
        let fixture = try Fixture()
        let connection = fixture.connect()
        connection.send("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n")
        connection.finish()
        #expect(connection.text().hasSuffix("hello\n"))
    }

    @Test func connectionsBeyondTheLimitAreClosed() throws {
        let fixture = try Fixture { $0.maxConnections = 2 }
        let held = [fixture.connect(), fixture.connect()]
        eventually { fixture.connect().text().isEmpty }
        #expect(fixture.ask("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n").isEmpty)
        #expect(fixture.recorder.lines.contains { $0.contains("key: a connection was closed") })
        _ = held
    }

    @Test func anAddressThatIsTakenIsNamed() throws {
        let fixture = try Fixture()
        let port = fixture.port
        let second = EndpointServer(
            [
                EndpointSettings(
                    key: "service.telemetry.health.address", address: ListenAddress(host: "127.0.0.1", port: port)
                ) { _ in .notFound }
            ], log: fixture.recorder.log)
        let error = #expect(throws: ReceiverError.self) { try second.start() }
        #expect(
            error?.description == "service.telemetry.health.address: 127.0.0.1:\(port): Address already in use")
    }

    @Test func withoutAnAddressNothingRuns() throws {
        let server = EndpointServer([], log: LogRecorder().log)
        try server.start()
        #expect(server.bound.isEmpty)
        server.shutdown()
    }
}
