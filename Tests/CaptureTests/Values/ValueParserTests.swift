import CInterspanBPF
import Testing

@testable import Capture

/// Parsers hand over the values of requests, and exchanges have them when they are opened.
@Suite struct ValueParserTests {
    /// The same value, however a protocol carries it.
    private static let uuid = "0f8fad5b-d9cb-469f-a165-70867728950e"

    /// What a conversation says, and which exchange of it carries values.
    struct Sample: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var said: [(Side, [UInt8])]
        var expected: [String]
        /// Words that are there, and are no values.
        var others: [String] = []
        var port: UInt16 = 8080
    }

    private static func http1(_ text: String) -> [UInt8] { Array(text.replacing("\n", with: "\r\n").utf8) }

    private static let http2Start: [(Side, [UInt8])] = [
        (.requester, HTTP2Bytes.preface + HTTP2Bytes.settings), (.responder, HTTP2Bytes.settings),
    ]

    private static let protobuf: [UInt8] = [0x0A, 36] + Array(uuid.utf8) + [0x10, 0xA3, 0xF9, 0x02]

    private static func bind(_ values: [(isBinary: Bool, bytes: [UInt8])]) -> [UInt8] {
        let big = { (number: Int) in [UInt8(number >> 8 & 255), UInt8(number & 255)] }
        let formats = values.flatMap { big($0.isBinary ? 1 : 0) }
        let bytes = values.flatMap { PostgreSQLBytes.number($0.bytes.count) + $0.bytes }
        return PostgreSQLBytes.message(
            "B",
            PostgreSQLBytes.text("") + PostgreSQLBytes.text("") + big(values.count) + formats + big(values.count)
                + bytes + [0, 0])
    }

    private static let raw: [UInt8] = [
        0x0F, 0x8F, 0xAD, 0x5B, 0xD9, 0xCB, 0x46, 0x9F, 0xA1, 0x65, 0x70, 0x86, 0x77, 0x28, 0x95, 0x0E,
    ]

    static let samples: [Sample] = [
        Sample(
            testDescription: "HTTP/1",
            said: [
                (
                    .requester,
                    http1(
                        """
                        POST /users/48291?token=\(uuid) HTTP/1.1
                        Host: shop99.example.org
                        User-Agent: agent99
                        X-Tenant: tenant-77
                        Content-Type: application/json
                        Content-Length: 26

                        {"order":"o12","amount":5}
                        """)
                ), (.responder, http1("HTTP/1.1 204 No Content\nX-Answer: 5599\n\n")),
            ], expected: ["48291", uuid, "tenant-77", "o12"],
            others: ["shop99.example.org", "agent99", "5599", "amount", "order"]),
        Sample(
            testDescription: "HTTP/1, chunked form",
            said: [
                (
                    .requester,
                    http1(
                        """
                        POST /p HTTP/1.1
                        Host: h
                        Content-Type: application/x-www-form-urlencoded
                        Transfer-Encoding: chunked

                        10
                        a=4711&bb=%34712
                        0


                        """)
                ), (.responder, http1("HTTP/1.1 204 No Content\n\n")),
            ], expected: ["4711"]),
        Sample(
            testDescription: "HTTP/2",
            said: http2Start + [
                (
                    .requester,
                    HTTP2Bytes.headers(
                        1,
                        HTTP2Bytes.request(
                            HTTP2Bytes.post, "/orders/" + uuid, HTTP2Bytes.literal("x-tenant", "tenant-77")))
                        + HTTP2Bytes.data(1, #"["item-4711"]"#, ends: true)
                ), (.responder, HTTP2Bytes.headers(1, HTTP2Bytes.ok, ends: true)),
            ], expected: [uuid, "tenant-77", "item-4711"]),
        Sample(
            testDescription: "gRPC",
            said: http2Start + [
                (
                    .requester,
                    HTTP2Bytes.headers(
                        1, HTTP2Bytes.call("/shop.Orders77/Get", HTTP2Bytes.literal("x-tenant", "tenant-88")))
                        + HTTP2Bytes.data(1, HTTP2Bytes.message(protobuf), ends: true)
                ),
                (
                    .responder,
                    HTTP2Bytes.headers(1, HTTP2Bytes.callResponse)
                        + HTTP2Bytes.headers(1, HTTP2Bytes.status("0"), ends: true)
                ),
            ], expected: [uuid, "48291", "tenant-88"], others: ["shop.Orders77"]),
        Sample(
            testDescription: "PostgreSQL, simple",
            said: [
                (.requester, PostgreSQLBytes.startup("ann99", "shop")), (.responder, PostgreSQLBytes.authenticated),
                (.requester, PostgreSQLBytes.query("SELECT t99 FROM u WHERE id = 48291 AND t = '\(uuid)'")),
                (.responder, PostgreSQLBytes.rows(1) + PostgreSQLBytes.ready),
            ], expected: ["48291", uuid], others: ["t99", "ann99"]),
        Sample(
            testDescription: "PostgreSQL, bound",
            said: [
                (.requester, PostgreSQLBytes.startup("ann", "shop")), (.responder, PostgreSQLBytes.authenticated),
                (
                    .requester,
                    PostgreSQLBytes.parse("", "SELECT 1 WHERE a = $1 AND b = $2 AND c = $3 AND d = 'const99'")
                        + bind([(false, Array("tenant-77".utf8)), (true, [0, 0, 0xBC, 0xA3]), (true, raw)])
                        + PostgreSQLBytes.execute("") + PostgreSQLBytes.sync
                ),
                (
                    .responder,
                    PostgreSQLBytes.parsed + PostgreSQLBytes.bound + PostgreSQLBytes.rows(1) + PostgreSQLBytes.ready
                ),
            ], expected: ["tenant-77", "48291", uuid, "const99"]),
        Sample(
            testDescription: "MySQL",
            said: [
                (.requester, MySQLBytes.query("SELECT t99 FROM u WHERE id = 48291 AND t = \"\(uuid)\"")),
                (.responder, MySQLBytes.ok()),
            ], expected: ["48291", uuid], others: ["t99"], port: 3306),
        Sample(
            testDescription: "MySQL, executed",
            said: [
                (.requester, MySQLBytes.query("SELECT 1")), (.responder, MySQLBytes.ok()),
                (
                    .requester,
                    MySQLBytes.command(
                        0x17,
                        [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 8, 0, 0xFD, 0] + [0xA3, 0xBC, 0, 0, 0, 0, 0, 0] + [9]
                            + Array("tenant-77".utf8))
                ), (.responder, MySQLBytes.ok()),
            ], expected: ["48291", "tenant-77"], port: 3306),
        Sample(
            testDescription: "Redis",
            said: [
                (.requester, RedisConversations.command("SET", "session:\(uuid):user", "48291")),
                (.responder, Array("+OK\r\n".utf8)),
            ], expected: [uuid, "48291"], port: 6379),
        Sample(
            testDescription: "Memcached",
            said: [
                (.requester, Array("get user:48291 item-4711\r\n".utf8)), (.responder, Array("END\r\n".utf8)),
            ], expected: ["48291", "item-4711"], port: 11211),
        Sample(
            testDescription: "Memcached, binary",
            said: [
                (.requester, MemcachedConversations.binary(0, key: "user:48291", opaque: 7)),
                (
                    .responder,
                    MemcachedConversations.binary(0, isResponse: true, value: "Not found", status: 1, opaque: 7)
                ),
            ], expected: ["48291"], port: 11211),
        Sample(
            testDescription: "FastCGI",
            said: [
                (
                    .requester,
                    FastCGIConversations.begin()
                        + FastCGIConversations.record(
                            4, 1,
                            FastCGIConversations.pairs([
                                ("REQUEST_METHOD", "POST"), ("REQUEST_URI", "/u/48291"), ("HTTP_X_TENANT", "tenant-77"),
                                ("CONTENT_TYPE", "application/json"), ("HTTP_USER_AGENT", "agent99"),
                            ])) + FastCGIConversations.record(4)
                        + FastCGIConversations.record(5, 1, #"{"id":"\#(uuid)"}"#) + FastCGIConversations.record(5)
                ),
                (
                    .responder,
                    FastCGIConversations.record(6, 1, "Status: 204\r\n\r\n") + FastCGIConversations.end()
                ),
            ], expected: ["48291", "tenant-77", uuid], others: ["agent99"]),
        Sample(
            testDescription: "Dubbo",
            said: [
                (
                    .requester,
                    DubboConversations.message(
                        0xC2, id: 1,
                        DubboConversations.call(
                            "S", "m", "Ljava/lang/String;I", DubboConversations.text("tenant-77") + [0x91]))
                ), (.responder, DubboConversations.message(0x02, status: 20, id: 1, [0x92])),
            ], expected: ["tenant-77"]),
        Sample(
            testDescription: "NATS",
            said: [(.requester, Array("PUB orders.4711 25\r\n{\"user\":48291,\"ab\":\"cd1\"}\r\n".utf8))],
            expected: ["orders.4711", "48291"], others: ["user"]),
        Sample(
            testDescription: "AMQP",
            said: [
                (
                    .requester,
                    AMQPBytes.publish(1, "shop", "order.4711")
                        + AMQPBytes.content(1, Array(#"{"user":48291}"#.utf8))
                )
            ], expected: ["order.4711", "48291"], others: ["user"]),
        Sample(
            testDescription: "MQTT",
            said: [
                (.requester, MQTTBytes.connect("c", level: 4)), (.responder, MQTTBytes.packet(0x20, [0, 0])),
                (.requester, MQTTBytes.publish("dev/4711", "temp=48291")),
            ], expected: ["4711", "48291"]),
        Sample(
            testDescription: "MongoDB",
            said: [
                (
                    .requester,
                    MongoConversations.op(
                        7,
                        [
                            ("find", .text("users")),
                            ("filter", .document([("name", .text("tenant-77")), ("tags99", .array([.text(uuid)]))])),
                            ("$db", .text("database99")),
                        ])
                ), (.responder, MongoConversations.op(101, to: 7, [("ok", .text("x"))])),
            ], expected: ["tenant-77", uuid], others: ["tags99", "database99"]),
    ]

    private func run(
        _ said: [(Side, [UInt8])], asRequester: Bool, port: UInt16, isOn: Bool = true, ignored: [String] = [],
        headers: HeaderSelection = HeaderSelection()
    ) -> ValueRun {
        var options = CaptureOptions()
        options.values.isOn = isOn
        options.values.ignored = ignored
        options.headers = headers
        var builder = RecordBuilder()
        if asRequester { builder.peerPort = port } else { builder.localPort = port }
        var run = ValueRun(options)
        for (side, bytes) in said { run.feed(builder.say(side, bytes, asRequester: asRequester)) }
        run.feed(builder.event(INTERSPAN_KIND_CLOSE))
        run.finish()
        return run
    }

    @Test(arguments: samples, [true, false])
    func valuesComeWithTheRequest(_ sample: Sample, asRequester: Bool) throws {
        let run = run(sample.said, asRequester: asRequester, port: sample.port)
        let opened = try #require(run.opened.last)
        for word in sample.expected { #expect(run.words(word).isSubset(of: opened), "\(word)") }
        for word in sample.others { #expect(run.words(word).isDisjoint(with: opened), "\(word)") }
        // Nothing new became known.
        #expect(run.closed.allSatisfy { $0.isEmpty })
    }

    @Test(arguments: samples) func nothingIsHandedOnWhereNobodyAsked(_ sample: Sample) {
        let run = run(sample.said, asRequester: true, port: sample.port, isOn: false)
        #expect(!run.opened.isEmpty)
        #expect(run.opened.allSatisfy { $0.isEmpty })
        #expect(run.closed.allSatisfy { $0.isEmpty })
    }

    @Test(arguments: samples) func beginningsOfValuesAreIgnoredInEveryProtocol(_ sample: Sample) {
        let ignored = sample.expected.map { String($0.prefix(3)) + "*" }
        let run = run(sample.said, asRequester: true, port: sample.port, ignored: ignored)
        for word in sample.expected {
            #expect(run.opened.allSatisfy { $0.isDisjoint(with: run.words(word, ignoring: false)) }, "\(word)")
        }
    }

    @Test func bodyThatComesAfterItsHeadIsKnownAtTheEnd() throws {
        let head = Self.http1("POST /u/48291 HTTP/1.1\nHost: h\nContent-Length: 15\n\n")
        let run = run(
            [
                (.requester, head), (.requester, Array(#"{"id": "o-4711"}"#.utf8.dropLast(1))),
                (.responder, Self.http1("HTTP/1.1 204 No Content\n\n")),
            ],
            asRequester: true, port: 80)
        #expect(run.opened == [run.words("48291")])
        #expect(run.closed == [run.words("48291").union(run.words("o-4711"))])
    }

    @Test func onlyTheFirstPartOfABodyIsReadAndItsLastWordOnlyIfItEnds() {
        let head = Self.http1("POST /p HTTP/1.1\nHost: h\nContent-Type: text/plain\nContent-Length: 20\n\n")
        let run = run(
            [
                (.requester, head + Array("abc123 def4".utf8)), (.requester, Array("567 xyz89".utf8)),
                (.responder, Self.http1("HTTP/1.1 204 No Content\n\n")),
            ], asRequester: true, port: 80)
        #expect(run.opened == [run.words("abc123")])
        #expect(run.closed == [[]])
    }

    @Test func compressedBodiesAndImagesHaveNoValues() {
        for header in ["Content-Encoding: gzip", "Content-Type: image/png"] {
            let run = run(
                [
                    (.requester, Self.http1("POST /p HTTP/1.1\nHost: h\n\(header)\nContent-Length: 6\n\nabc123")),
                    (.responder, Self.http1("HTTP/1.1 204 No Content\n\n")),
                ], asRequester: true, port: 80)
            #expect(run.opened == [[]])
        }
    }

    @Test func requestIDsAndContextsAreNoValuesEvenWhereTheyStandElsewhere() {
        var headers = HeaderSelection()
        headers.requestIDs = ["x-request-id"]
        headers.contexts = ["traceparent"]
        let run = run(
            [
                (
                    .requester,
                    Self.http1(
                        """
                        GET /p/\(Self.uuid)?x=48291 HTTP/1.1
                        Host: h
                        X-Request-Id: \(Self.uuid)
                        traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01


                        """)
                ), (.responder, Self.http1("HTTP/1.1 204 No Content\n\n")),
            ], asRequester: true, port: 80, headers: headers)
        #expect(run.opened == [run.words("48291")])
    }

    @Test func onlySoManyBytesAreLookedAt() throws {
        let target = "/" + (0..<900).map { "w\(10_000 + $0)" }.joined(separator: "/") + "/" + Self.uuid
        let run = run(
            [
                (.requester, Self.http1("GET \(target) HTTP/1.1\nHost: h\nX-Late: tenant-77\n\n")),
                (.responder, Self.http1("HTTP/1.1 204 No Content\n\n")),
            ], asRequester: true, port: 80)
        let opened = try #require(run.opened.first)
        #expect(opened.count == FieldBuffer.maximumHashes)
        #expect(run.words(Self.uuid).isDisjoint(with: opened))
        #expect(run.words("tenant-77").isDisjoint(with: opened))
    }

    @Test func memoryOfHashesIsGivenBack() {
        var options = CaptureOptions()
        options.values.isOn = true
        var table = ExchangeTable(options: options)
        table.prepare(connection: 0)
        table.context.connection = 0
        let handle = table.begin(key: 1, offset: 0)
        Array("/a/48291/\(Self.uuid)".utf8).withUnsafeBytes { table.addValues(target: $0, to: handle) }
        Array(Self.uuid.utf8).withUnsafeBytes { table.add(.requestID, .requestHeader, value: $0, to: handle) }
        table.open(handle)
        let isGivenBackEarly = table.isGivenBack
        #expect(!isGivenBackEarly)
        table.endRequest(handle)
        table.endResponse(handle)
        let isGivenBack = table.isGivenBack
        #expect(isGivenBack)
    }
}

/// A tracker, and the values of the exchanges that came out of it.
struct ValueRun: ~Copyable {
    var tracker: ConnectionTracker
    var batch = ObservationBatch()
    /// Of each exchange as it was opened.
    var opened: [Set<UInt64>] = []
    /// Of each as it was closed.
    var closed: [Set<UInt64>] = []

    init(_ options: CaptureOptions) { tracker = ConnectionTracker(options: options) }

    mutating func feed(_ record: TestRecord) {
        record.withRecord { tracker.consume($0, into: &batch) }
        collect()
    }

    mutating func finish() {
        tracker.finish(into: &batch)
        collect()
    }

    /// The hashes of a text's words.
    func words(_ text: String, ignoring: Bool = true) -> Set<UInt64> {
        var set = ValueSet()
        let scanner =
            ignoring ? tracker.exchanges.values : ValueScanner(ValueSelection(), seed: tracker.exchanges.values.seed)
        Array(text.utf8).withUnsafeBytes { scanner.words($0, .none, into: &set) }
        return Set(set.hashes)
    }

    private mutating func collect() {
        for observation in batch.observations {
            switch observation {
            case .opened(let exchange): opened.append(values(of: exchange))
            case .closed(let exchange): closed.append(values(of: exchange))
            default: break
            }
        }
        batch.removeAll()
    }

    private func values(of exchange: Exchange) -> Set<UInt64> {
        guard let field = batch.fields.first(.values, in: exchange.fields) else { return [] }
        return batch.fields.withBytes(of: field.value) { bytes in
            Set(
                stride(from: 0, to: bytes.count, by: 8).map { bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self) }
            )
        }
    }
}
