/// Sample conversations of Dubbo 2.
enum DubboConversations {
    /// A message.
    ///
    /// - Parameter flags: 0x80 asks, 0x40 wants an answer, 0x20 is an event, the rest is the serialization.
    static func message(_ flags: UInt8, status: UInt8 = 0, id: UInt8, _ body: [UInt8]) -> [UInt8] {
        let length = body.count
        return [0xDA, 0xBB, flags, status, 0, 0, 0, 0, 0, 0, 0, id]
            + [UInt8(length >> 24 & 255), UInt8(length >> 16 & 255), UInt8(length >> 8 & 255), UInt8(length & 255)]
            + body
    }

    /// A short text in Hessian 2.
    static func text(_ text: String) -> [UInt8] {
        let count = text.utf16.count
        return (count < 32 ? [UInt8(count)] : [0x30 + UInt8(count >> 8), UInt8(count & 255)]) + Array(text.utf8)
    }

    /// A call's body in Hessian 2.
    static func call(
        _ service: String, _ method: String, _ types: String = "", _ arguments: [UInt8] = [],
        attachments: [(String, String)] = []
    ) -> [UInt8] {
        text("2.0.2") + text(service) + text("0.0.0") + text(method) + text(types) + arguments + [0x48]
            + attachments.flatMap { text($0) + text($1) } + [0x5A]
    }

    static let all: [Conversation] = [
        Conversation("dubbo")
            .loopFromHere()
            .request(
                message(0xC2, id: 1, call("a.Shop", "buy", "I", [0x91])), "a.Shop/buy", status: 20, requestBody: 28,
                responseBody: 2
            )
            .response(message(0x02, status: 20, id: 1, [0x91, 0x92]))
            .request(
                message(0xC2, id: 2, call("a.Shop", "sell")), "a.Shop/sell", status: 30, requestBody: 27,
                responseBody: 6
            )
            .response(message(0x02, status: 30, id: 2, text("later"))),
        Conversation("dubbo, answered in another order")
            .request(message(0xC2, id: 7, call("S", "one")), "S/one", status: 20, requestBody: 21, responseBody: 1)
            .request(
                message(0xC6, id: 8, Array("\"2\"\n\"S\"\nnull\n\"two\"\n\"\"\n{}\n".utf8)), "S/two", status: 70,
                requestBody: 25
            )
            .response(message(0x06, status: 70, id: 8, []) + message(0x22, status: 20, id: 9, [0x4E]))
            .response(message(0x02, status: 20, id: 7, [0x92])),
    ]
}
