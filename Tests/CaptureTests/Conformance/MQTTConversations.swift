/// Sample conversations of MQTT. From the middle of one, only the port tells who is the broker.
enum MQTTConversations {
    private typealias B = MQTTBytes

    static let all: [Conversation] = [
        Conversation("MQTT 3.1.1", port: 1883)
            .more(B.connect("c", level: 4))
            .response(B.packet(0x20, [0, 0]))
            .request(B.subscribe(1, ["s/#", "t"]), "subscribe s/#")
            .response(B.answer(0x90, 1, [0, 1]))
            .loopFromHere()
            .expecting("publish t/zero", requestBody: 3, isOneWay: true)
            .more(B.publish("t/zero", "abc"))
            .request(B.publish("t/one", "{}", quality: 1, identifier: 1), "publish t/one", requestBody: 2)
            .response(B.answer(0x40, 1))
            .request(B.publish("t/two", "2", quality: 2, identifier: 2), "publish t/two", requestBody: 1)
            .response(B.answer(0x50, 2))
            .more(B.answer(0x62, 2))
            .response(B.answer(0x70, 2))
            .expecting("deliver s/a", requestBody: 4, isOneWay: true, isPush: true)
            .response(B.publish("s/a", "data"))
            .more([0xC0, 0])
            .response([0xD0, 0])
            .request(B.unsubscribe(2, ["t/u"]), "unsubscribe t/u")
            .response(B.answer(0xB0, 2))
            .more([0xC0, 0]),
        Conversation("MQTT 3.1.1, delivered once", port: 1883)
            .more(B.connect("d", level: 4))
            .response(B.packet(0x20, [0, 0]))
            .request(B.subscribe(1, ["d/+"]), "subscribe d/+")
            .response(B.answer(0x90, 1, [1]))
            .expecting("deliver d/1", requestBody: 1, isPush: true)
            .response(B.publish("d/1", "x", quality: 1, identifier: 1))
            .more(B.answer(0x40, 1)),
        Conversation("MQTT 5", port: 1883)
            .more(B.connect("five", level: 5))
            .response(B.packet(0x20, [0, 0, 3, 0x22, 0, 10]))
            .expecting("publish a/long/topic", requestBody: 2, isOneWay: true)
            .more(B.publish("a/long/topic", "p1", properties: B.alias(3)))
            .request(
                B.publish("x/y", "pay", quality: 1, identifier: 9, properties: B.userProperty("k", "v")), "publish x/y",
                requestBody: 3
            )
            .response(B.answer(0x40, 9, [0x87, 0]))
            .request(B.subscribe(4, ["no"], isFive: true), "subscribe no")
            .response(B.answer(0x90, 4, [0, 0x87]))
            .more([0xE0, 0]),
        Conversation("MQTT: refused", port: 1883)
            .request(B.connect("r", level: 4), "connect")
            .response(B.packet(0x20, [0, 5])),
    ]
}
