/// Sample conversations of HTTP/1.
enum HTTP1Conversations {
    private static let get = "GET /a?q=1 HTTP/1.1\r\nHost: shop\r\nUser-Agent: curl/8\r\n\r\n"

    static let all: [Conversation] = [
        Conversation("content-length")
            .request(get, "GET /a?q=1", status: 200, responseBody: 5)
            .response("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
        Conversation("keep-alive")
            .loopFromHere()
            .request(get, "GET /a?q=1", status: 200, responseBody: 2)
            .response("HTTP/1.1 200 OK\r\ncontent-length:2\r\n\r\nab")
            .request(
                "POST /b HTTP/1.1\r\nHost: shop\r\nContent-Length: 3\r\n\r\nxyz", "POST /b", status: 201,
                requestBody: 3
            )
            .response("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
            .request("DELETE /c HTTP/1.1\r\nHost: shop\r\n\r\n", "DELETE /c", status: 404, responseBody: 4)
            .response("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnope"),
        Conversation("chunked both ways, with extension and trailer")
            .request(
                "PUT /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA;x=\"y\"\r\n0123456789\r\n0\r\n\r\n",
                "PUT /c", status: 200, requestBody: 15, responseBody: 3
            )
            .response(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n003 ;e\r\nabc\r\n0\r\nExpires: never\r\nX: y\r\n\r\n"
            )
            .request("GET /d HTTP/1.1\r\nHost: h\r\n\r\n", "GET /d", status: 204)
            .response("HTTP/1.1 204 No Content\r\n\r\n"),
        Conversation("no body: HEAD, 204, 304")
            .request("HEAD /h HTTP/1.1\r\nHost: h\r\n\r\n", "HEAD /h", status: 200)
            .response("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n")
            .request("GET /n HTTP/1.1\r\nHost: h\r\n\r\n", "GET /n", status: 204)
            .response("HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n")
            .request("GET /m HTTP/1.1\r\nHost: h\r\n\r\n", "GET /m", status: 304)
            .response("HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n"),
        Conversation("100-continue")
            .request(
                "POST /up HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n", "POST /up",
                status: 200, requestBody: 4, responseBody: 2
            )
            .response("HTTP/1.1 100 Continue\r\n\r\n")
            .more("data")
            .response("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
        Conversation("answered before the request ended")
            .request(
                "POST /big HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n01234", "POST /big", status: 413,
                requestBody: 10
            )
            .response("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")
            .more("56789"),
        Conversation("ends with the connection")
            .request("GET /old HTTP/1.0\r\n\r\n", "GET /old", status: 200, responseBody: 11)
            .response("HTTP/1.0 200 OK\r\nServer: x\r\n\r\nhello")
            .response(" world")
            .close(),
        Conversation("bare LF, folding, empty lines before")
            .request(
                "\r\n\nGET /lf HTTP/1.1\nHost: h\nX-Fold: a\n  b\n\tc\n\n", "GET /lf", status: 200, responseBody: 1
            )
            .response("HTTP/1.1 200\nContent-Length:\n 1\n\n!"),
        Conversation("pipelined")
            .request("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n", "GET /1", status: 201, responseBody: 1)
            .request("GET /2 HTTP/1.1\r\nHost: h\r\n\r\n", "GET /2", status: 202, responseBody: 2)
            .request("HEAD /3 HTTP/1.1\r\nHost: h\r\n\r\n", "HEAD /3", status: 203)
            .response("HTTP/1.1 201 A\r\nContent-Length: 1\r\n\r\n1")
            .response("HTTP/1.1 202 B\r\nContent-Length: 2\r\n\r\n22HTTP/1.1 203 C\r\nContent-Length: 3\r\n\r\n"),
        Conversation("upgrade")
            .request(
                "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", "GET /ws",
                status: 101, requestBody: 11, responseBody: 8
            )
            .response("HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\n\r\n\u{1}\u{5}GET /")
            .more([0x81, 0x8B, 1, 2, 3, 4] + Array("GET /inside".utf8))
            .response([0x89, 1, 0x21, 0x80, 3] + Array("HTT".utf8))
            .more([0x88, 0x82, 1, 2, 3, 4, 5, 6])
            .response([0x88, 2, 3, 0xE8])
            .close(),
        Conversation("events")
            .request("GET /events HTTP/1.1\r\nHost: h\r\n\r\n", "GET /events", status: 200, responseBody: 22)
            .response(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            .response("9\r\ndata: a\n\n\r\nD\r\ndata: b\r\ndata\r\n0\r\n\r\n")
            .request("GET /next HTTP/1.1\r\nHost: h\r\n\r\n", "GET /next", status: 204)
            .response("HTTP/1.1 204 No Content\r\n\r\n"),
        Conversation("tunnel")
            .request("CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n", "CONNECT h:443", status: 200)
            .response("HTTP/1.1 200 Established\r\n\r\n")
            .request("GET /inside HTTP/1.1\r\n\r\n", "GET /inside", status: 500)
            .response("HTTP/1.1 500 Inside\r\nContent-Length: 0\r\n\r\n"),
        Conversation("tunnel refused")
            .request("CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n", "CONNECT h:443", status: 403, responseBody: 1)
            .response("HTTP/1.1 403 No\r\nContent-Length: 1\r\n\r\nx")
            .request("GET /then HTTP/1.1\r\nHost: h\r\n\r\n", "GET /then", status: 200)
            .response("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ]
}
