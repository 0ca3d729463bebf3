/// Sample conversations of HTTP/2 and gRPC.
enum HTTP2Conversations {
    private typealias H2 = HTTP2Bytes

    private static let opening = H2.preface + H2.settings

    static let all: [Conversation] = [
        Conversation("http2: one after the other")
            .request(
                opening + H2.headers(1, H2.request(H2.get, "/a"), ends: true), "GET /a", status: 200, responseBody: 5
            )
            .response(H2.settings + H2.settingsAnswer + H2.headers(1, H2.ok) + H2.data(1, "hello", ends: true))
            .loopFromHere { H2.movingStreams(of: $0, by: UInt32(4 * $1)) }
            .request(
                H2.settingsAnswer + H2.headers(3, H2.request(H2.post, "/b")) + H2.data(3, "xyz", ends: true),
                "POST /b", status: 201, requestBody: 3
            )
            .response(H2.headers(3, H2.literal(8, "201"), ends: true))
            .request(H2.headers(5, H2.request(H2.get, "/c"), ends: true), "GET /c", status: 404, responseBody: 2)
            .response(H2.headers(5, H2.indexed(13)) + H2.data(5, "no", ends: true)),
        Conversation("http2: interleaved, padded, with priority, continued")
            .expecting("GET /two", status: 204)
            .request(
                opening + H2.frame(1, 0x2D, 1, [2, 0, 0, 0, 0, 9] + H2.request(H2.get, "/one") + [0, 0])
                    + H2.frame(1, 1, 3, H2.get + H2.http) + H2.frame(9, 0, 3, []) + H2.frame(9, 4, 3, H2.path("/two")),
                "GET /one", status: 200, responseBody: 6
            )
            .response(
                H2.settings + H2.frame(8, 0, 0, [0, 1, 0, 0]) + H2.headers(1, H2.literal(8, "103"))
                    + H2.headers(1, H2.ok) + H2.frame(0, 8, 1, [3] + Array("abc".utf8) + [0, 0, 0])
                    + H2.headers(3, H2.indexed(9), ends: true)
            )
            .more(H2.frame(6, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]))
            .response(
                H2.frame(0x7F, 0xFF, 9, [1, 2, 3]) + H2.data(1, "def")
                    + H2.headers(1, H2.literal("expires", "0"), ends: true)),
        Conversation("http2: gRPC, its names in the table")
            .request(
                opening
                    + H2.headers(
                        1,
                        H2.post + H2.http + H2.inserted(":path", "/shop.Cart/Add")
                            + H2.inserted("content-type", "application/grpc"))
                    + H2.data(1, H2.message([1, 2, 3]), ends: true), "shop.Cart/Add", status: 200, requestBody: 8,
                responseBody: 5
            )
            .response(
                H2.settings + H2.headers(1, H2.ok + H2.inserted("content-type", "application/grpc"))
                    + H2.data(1, H2.message([])) + H2.headers(1, H2.inserted("grpc-status", "0"), ends: true)
            )
            .request(
                H2.headers(3, H2.post + H2.http + H2.path("/shop.Cart/List") + H2.indexed(62))
                    + H2.data(3, H2.message([1])) + H2.data(3, H2.message([2, 2]), ends: true), "shop.Cart/List",
                status: 200, requestBody: 13
            )
            .response(H2.headers(3, H2.ok + H2.indexed(63) + H2.literal("grpc-status", "5"), ends: true))
            .remembering(),
        Conversation("http2: reset, refused, pushed")
            .expecting("GET /gone", isOneWay: true)
            .expecting("GET /r", isOneWay: true)
            .request(
                opening + H2.headers(1, H2.request(H2.get, "/p"), ends: true)
                    + H2.headers(3, H2.request(H2.get, "/r"), ends: true)
                    + H2.headers(5, H2.request(H2.get, "/gone"), ends: true), "GET /p", status: 200, responseBody: 1
            )
            .response(
                H2.settings + H2.frame(5, 4, 1, [0, 0, 0, 2] + H2.request(H2.get, "/pushed"))
                    + H2.headers(2, H2.ok) + H2.data(2, "pushed", ends: true) + H2.reset(3, 2) + H2.headers(1, H2.ok)
                    + H2.frame(7, 0, 0, [0, 0, 0, 3, 0, 0, 0, 0]) + H2.data(1, "x", ends: true)),
    ]
}
