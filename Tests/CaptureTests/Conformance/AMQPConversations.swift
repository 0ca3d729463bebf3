/// Sample conversations of AMQP 0-9-1.
enum AMQPConversations {
    private typealias B = AMQPBytes

    private static let start = B.method(
        0, 0x0A_000A, [0, 9] + B.table([("product", "R")]) + B.big(UInt32(0)) + B.big(UInt32(0)))
    private static let startOk = B.method(
        0, 0x0A_000B, B.table([]) + B.short("PLAIN") + B.big(UInt32(0)) + B.short("en"))
    private static let tune = B.method(0, 0x0A_001E, [0, 9, 0, 2, 0, 0, 0, 60])
    private static let tuneOk = B.method(0, 0x0A_001F, [0, 9, 0, 2, 0, 0, 0, 60])

    /// A message in two frames, cut between them.
    private static let halves = {
        let whole = B.content(1, Array("123456".utf8), frameSize: 3)
        return (Array(whole.prefix(33)), Array(whole.dropFirst(33)))
    }()

    static let all: [Conversation] = [
        Conversation("AMQP: opened, published, delivered")
            .more(B.header)
            .response(start)
            .more(startOk)
            .response(tune)
            .more(tuneOk + B.method(0, 0x0A_0028, B.short("/") + [0, 0]))
            .response(B.method(0, 0x0A_0029, [0]))
            .more(B.method(1, 0x14_000A, [0]))
            .response(B.method(1, 0x14_000B, B.big(UInt32(0))))
            .more(B.consume(1, "jobs", "c1"))
            .response(B.method(1, 0x3C_0015, B.short("c1")))
            .expecting("publish shop:order.new", requestBody: 5, isOneWay: true)
            .more(B.publish(1, "shop", "order.new") + B.content(1, Array("hello".utf8)))
            .expecting("deliver jobs", requestBody: 3, isOneWay: true, isPush: true)
            .response(B.deliver(1, "c1", 1, "", "jobs") + B.content(1, Array("abc".utf8), frameSize: 2))
            .more(B.frame(8, 0, []))
            .expecting("ack jobs", isOneWay: true)
            .more(B.ack(1, 1))
            .response(B.frame(8, 0, [])),
        Conversation("AMQP: get, on two channels")
            .loopFromHere()
            .request(B.get(1, "a"), "get a", responseBody: 4)
            .response(B.getOk(1, 7, "", "a") + B.content(1, Array("body".utf8)))
            .request(B.get(2, "b"), "get b", responseBody: 0)
            .response(B.method(2, 0x3C_0048, [0]))
            .request(B.method(2, 0x5A_0014), "tx.commit")
            .response(B.method(2, 0x5A_0015)),
        Conversation("AMQP: channels interleaved")
            .loopFromHere()
            .expecting("publish x:one", requestBody: 6, isOneWay: true)
            .more(B.publish(1, "x", "one") + halves.0)
            .expecting("publish x:two", requestBody: 2, isOneWay: true)
            .more(B.publish(2, "x", "two") + B.content(2, Array("ab".utf8)))
            .more(halves.1),
        Conversation("AMQP: confirmed")
            .more(B.method(3, 0x55_000A, [0]))
            .response(B.method(3, 0x55_000B))
            .request(B.publish(3, "", "q1") + B.content(3, Array("1".utf8)), "publish q1", requestBody: 1)
            .response(B.ack(3, 1))
            .request(B.publish(3, "x", "q2") + B.content(3, Array("22".utf8)), "publish x:q2", requestBody: 2)
            .response(B.method(3, 0x3C_0078, B.big(UInt64(2)) + [0])),
        Conversation("AMQP: refused", standIn: ".close")
            .request(B.declare(1, "none"), "queue.declare none")
            .response(B.close(1, 404, 0x32_000A))
            .more(B.method(1, 0x14_0029))
            .more(B.method(1, 0x14_000A, [0]))
            .response(B.method(1, 0x14_000B, B.big(UInt32(0))))
            .request(B.get(1, "gone"), "get gone")
            .response(B.close(0, 320, 0)),
    ]
}
