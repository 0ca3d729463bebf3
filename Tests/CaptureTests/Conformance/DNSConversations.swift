/// Sample conversations of DNS over TCP.
enum DNSConversations {
    static let all: [Conversation] = [
        Conversation("dns: one after the other").loopFromHere()
            .request(DNSBytes.query(7, "shop.test").framed, "shop.test", status: 0)
            .response(DNSBytes.answer(7, "shop.test", addresses: 2).framed)
            .request(DNSBytes.query(8, "none.test", type: 28).framed, "none.test", status: 3)
            .response(DNSBytes.answer(8, "none.test", type: 28, code: 3).framed)
            .request(DNSBytes.query(9, "broken.test", options: true).framed, "broken.test", status: 23)
            .response(DNSBytes.answer(9, "broken.test", code: 7, options: 1).framed),
        Conversation("dns: answered out of order")
            .request(DNSBytes.query(1, "a.test").framed, "a.test", status: 1)
            .request(DNSBytes.query(2, "b.test", type: 15).framed, "b.test", status: 2)
            .request(DNSBytes.query(3, "c.test", type: 16).framed, "c.test", status: 3)
            .response(DNSBytes.answer(3, "c.test", type: 16, code: 3).framed)
            .response(
                DNSBytes.answer(1, "a.test", code: 1).framed + DNSBytes.answer(2, "b.test", type: 15, code: 2).framed
            )
            .request(DNSBytes.query(4, "d.test").framed, "d.test", status: 5)
            .response(DNSBytes.answer(4, "d.test", code: 5).framed),
        Conversation("dns: operations")
            .request(DNSBytes.query(5, "zone.test", type: 6, opcode: 4).framed, "NOTIFY zone.test", status: 4)
            .response(DNSBytes.answer(5, "zone.test", type: 6, code: 4, opcode: 4).framed),
        Conversation("dns: a zone in several messages")
            .request(DNSBytes.query(6, "zone.test", type: 252).framed, "zone.test", status: 0)
            .response(DNSBytes.answer(6, "zone.test", type: 252, records: [6, 1]).framed)
            .response(DNSBytes.answer(6, "zone.test", type: 252, records: [1, 1, 6]).framed)
            .request(DNSBytes.query(6, "then.test").framed, "then.test", status: 9)
            .response(DNSBytes.answer(6, "then.test", code: 9).framed),
    ]
}
