/// Sample conversations of NATS.
enum NATSConversations {
    static let all: [Conversation] = [
        Conversation("NATS: opened, published, delivered")
            .response("INFO {\"server_id\":\"N\",\"headers\":true,\"max_payload\":1048576} \r\n")
            .more("CONNECT {\"verbose\":false,\"user\":\"u\",\"pass\":\"secret\"}\r\nPING\r\n")
            .response("PONG\r\n")
            .more("SUB orders.* workers 1\r\nsub _INBOX.a.* 2\r\n")
            .expecting("publish orders.new", requestBody: 5, isOneWay: true)
            .more("PUB orders.new 5\r\nhello\r\n")
            .expecting("deliver orders.new", requestBody: 5, isOneWay: true, isPush: true)
            .response("MSG orders.new 1 5\r\nhello\r\n")
            .expecting("publish orders.get", requestBody: 3, isOneWay: true)
            .more("HPUB orders.get _INBOX.a.1 21 24\r\nNATS/1.0\r\nA: 7890\r\n\r\nabc\r\n")
            .expecting("deliver _INBOX.a.1", status: 503, isOneWay: true, isPush: true)
            .response("HMSG _INBOX.a.1 2 16 16\r\nNATS/1.0 503\r\n\r\n\r\n")
            .response("PING\r\n")
            .more("PONG\r\nUNSUB 1\r\n"),
        Conversation("NATS: joined, a payload that looks like the protocol")
            .loopFromHere()
            .expecting("publish a.b", requestBody: 16, isOneWay: true)
            .more("PUB a.b 16\r\nPING\r\n-ERR 'x'\r\n\r\n")
            .expecting("deliver e", isOneWay: true, isPush: true)
            .response("MSG e 9 reply 0\r\n\r\n")
            .expecting("publish $JS.ACK.S.C.1", requestBody: 4, isOneWay: true)
            .more("pub\t$JS.ACK.S.C.1   4\r\n+ACK\r\n"),
        Conversation("NATS: verbose", standIn: "error")
            .response("INFO {\"server_id\":\"V\"}\r\n")
            .more("CONNECT {\"verbose\": true}\r\n")
            .response("+OK\r\n")
            .more("SUB v 1\r\n")
            .response("+OK\r\n")
            .request(Array("PUB v.one 1\r\n1\r\n".utf8), "publish v.one", requestBody: 1)
            .response("+OK\r\n")
            .request(Array("PUB v.two 2\r\n22\r\n".utf8), "publish v.two", requestBody: 2)
            .response("-ERR 'Permissions Violation for Publish to \"v.two\"'\r\n"),
        Conversation("NATS: refused", standIn: "error")
            .response("INFO {\"auth_required\":true}\r\n")
            .request(Array("CONNECT {\"user\":\"u\",\"pass\":\"p\"}\r\nPING\r\n".utf8), "connect")
            .response("-ERR 'Authorization Violation'\r\n"),
    ]
}
