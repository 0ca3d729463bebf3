import Testing

@testable import Capture

/// A protocol that carries contexts, and how its bytes carry any that a test wants.
struct CarrierSample: CustomTestStringConvertible, Sendable {
    typealias Headers = [(String, String)]
    typealias Said = [(Side, [UInt8])]

    var name: String
    /// Where on a message the contexts stand.
    var carrier = Carrier.messageMetadata
    /// Whether they come with the answer, and are not known before.
    var isAnswer = false
    /// What is said before, which one who joins has missed.
    var before: Said = []
    /// A request or a message with these headers, and its answer.
    var message: @Sendable (Headers) -> Said

    var testDescription: String { name }

    private static let http1 = CarrierSample(name: "HTTP/1", carrier: .requestHeader) { headers in
        let lines = headers.map { "\($0.0): \($0.1)\r\n" }.joined()
        return [
            (.requester, Array("GET /p HTTP/1.1\r\nHost: h\r\n\(lines)\r\n".utf8)),
            (.responder, Array("HTTP/1.1 204 No Content\r\n\r\n".utf8)),
        ]
    }

    private static let http2Before: Said = [
        (.requester, HTTP2Bytes.preface + HTTP2Bytes.settings), (.responder, HTTP2Bytes.settings),
    ]

    private static let http2 = CarrierSample(name: "HTTP/2", carrier: .requestHeader, before: http2Before) {
        [
            (.requester, HTTP2Bytes.headers(1, HTTP2Bytes.request(HTTP2Bytes.get, "/p", block($0)), ends: true)),
            (.responder, HTTP2Bytes.headers(1, HTTP2Bytes.ok, ends: true)),
        ]
    }

    private static let grpc = CarrierSample(name: "gRPC", carrier: .requestHeader, before: http2Before) {
        let call = HTTP2Bytes.headers(1, HTTP2Bytes.call("/s/m", block($0)))
        return [
            (.requester, call + HTTP2Bytes.data(1, HTTP2Bytes.message([1]), ends: true)),
            (
                .responder,
                HTTP2Bytes.headers(1, HTTP2Bytes.callResponse)
                    + HTTP2Bytes.headers(1, HTTP2Bytes.status("0"), ends: true)
            ),
        ]
    }

    /// Header fields that refer to nothing. HTTP/2 has names in lower case alone.
    private static func block(_ headers: Headers) -> [UInt8] {
        headers.flatMap { [0] + string($0.0.lowercased()) + string($0.1) }
    }

    private static func string(_ text: String) -> [UInt8] {
        var rest = text.utf8.count
        guard rest >= 127 else { return HTTP2Bytes.string(text) }
        var bytes: [UInt8] = [127]
        rest -= 127
        while rest > 127 {
            bytes.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        return bytes + [UInt8(rest)] + Array(text.utf8)
    }

    private static let fastcgi = CarrierSample(name: "FastCGI", carrier: .requestHeader) { headers in
        typealias Sample = FastCGIConversations
        let meta = headers.map { ("HTTP_" + $0.0.uppercased().replacing("-", with: "_"), $0.1) }
        let parameters =
            Sample.pairs([("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/p")]) + Sample.pairs(meta, long: true)
        var request = Sample.begin()
        for start in stride(from: 0, to: parameters.count, by: 60_000) {
            request += Sample.record(4, 1, Array(parameters[start..<min(start + 60_000, parameters.count)]))
        }
        return [
            (.requester, request + Sample.record(4) + Sample.record(5)),
            (.responder, Sample.record(6, 1, "Status: 204\r\n\r\n") + Sample.end()),
        ]
    }

    private static let dubbo = CarrierSample(name: "Dubbo", carrier: .requestHeader) { headers in
        typealias Sample = DubboConversations
        return [
            (.requester, Sample.message(0xC2, id: 1, Sample.call("S", "m", attachments: headers))),
            (.responder, Sample.message(0x02, status: 20, id: 1, [0x92])),
        ]
    }

    private static let produce = CarrierSample(name: "Kafka produce") {
        [(.requester, KafkaBytes.produce([KafkaBytes.batch([$0])])), (.responder, KafkaBytes.produced(1))]
    }

    private static let fetch = CarrierSample(name: "Kafka fetch", isAnswer: true) {
        [(.requester, KafkaBytes.fetch()), (.responder, KafkaBytes.fetched([KafkaBytes.batch([$0])]))]
    }

    private static func content(_ headers: Headers) -> [UInt8] {
        AMQPBytes.content(1, [1], flags: 1 << 13, properties: AMQPBytes.table(headers))
    }

    private static let publish = CarrierSample(name: "AMQP publish") {
        [(.requester, AMQPBytes.publish(1, "x", "k") + content($0))]
    }

    private static let deliver = CarrierSample(
        name: "AMQP deliver",
        before: [
            (.requester, AMQPBytes.consume(1, "q", "c")),
            (.responder, AMQPBytes.method(1, 0x3C_0015, AMQPBytes.short("c"))),
        ]
    ) {
        [(.responder, AMQPBytes.deliver(1, "c", 1, "x", "k") + content($0))]
    }

    private static let get = CarrierSample(name: "AMQP get", isAnswer: true) {
        [(.requester, AMQPBytes.get(1, "q")), (.responder, AMQPBytes.getOk(1, 7, "", "q") + content($0))]
    }

    private static func nats(_ headers: Headers, _ verb: String) -> [UInt8] {
        let lines = headers.map { "\($0.0): \($0.1)\r\n" }.joined()
        let head = "NATS/1.0\r\n\(lines)\r\n"
        return Array("\(verb) \(head.utf8.count) \(head.utf8.count + 2)\r\n\(head)hi\r\n".utf8)
    }

    private static let pub = CarrierSample(name: "NATS PUB") { [(.requester, nats($0, "HPUB work"))] }
    private static let msg = CarrierSample(name: "NATS MSG", before: [(.requester, Array("SUB work 7\r\n".utf8))]) {
        [(.responder, nats($0, "HMSG work 7"))]
    }

    private static let mqttBefore: Said = [
        (.requester, MQTTBytes.connect("c", level: 5)), (.responder, MQTTBytes.packet(0x20, [0, 0, 0])),
    ]

    private static func mqtt(_ headers: Headers) -> [UInt8] {
        MQTTBytes.publish("t", "x", properties: headers.flatMap { MQTTBytes.userProperty($0.0, $0.1) })
    }

    private static let toServer = CarrierSample(name: "MQTT publish", before: mqttBefore) { [(.requester, mqtt($0))] }
    private static let toClient = CarrierSample(name: "MQTT deliver", before: mqttBefore) { [(.responder, mqtt($0))] }

    static let all = [
        http1, http2, grpc, fastcgi, dubbo, produce, fetch, publish, deliver, get, pub, msg, toServer, toClient,
    ]
}
