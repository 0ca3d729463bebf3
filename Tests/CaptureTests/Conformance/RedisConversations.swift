/// Sample conversations of Redis.
enum RedisConversations {
    /// A command as clients send it.
    static func command(_ arguments: String...) -> [UInt8] {
        Array("*\(arguments.count)\r\n".utf8) + arguments.flatMap { Array("$\($0.utf8.count)\r\n\($0)\r\n".utf8) }
    }

    static let all: [Conversation] = [
        Conversation("Redis: values").loopFromHere()
            .request(command("SET", "user:1", "s3cret"), "SET SET user:1 ?", response: "+OK\r\n")
            .request(command("GET", "user:1"), "GET GET user:1", response: "$6\r\ns3cret\r\n")
            .request(command("get", "none"), "GET GET none", response: "$-1\r\n")
            .request(command("INCRBY", "n", "5"), "INCRBY INCRBY n ?", response: ":1005\r\n")
            .request(
                command("LRANGE", "list", "0", "-1"), "LRANGE LRANGE list ? ?",
                response: "*3\r\n$7\r\nmessage\r\n*2\r\n:1\r\n$0\r\n\r\n*0\r\n"
            )
            .request(
                command("LPUSH", "user:1", "x"), "LPUSH LPUSH user:1 ?",
                response: "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n"),
        Conversation("Redis: pipelined")
            .request(command("MSET", "a", "1", "b", "22"), "MSET MSET a ? b ?", answer: "+OK\r\n")
            .request(command("MGET", "a", "b"), "MGET MGET a b", answer: "*2\r\n$1\r\n1\r\n$2\r\n22\r\n")
            .request(command("FOO.BAR", "x", "y"), "FOO.BAR FOO.BAR ? ?", answer: "-ERR unknown command\r\n")
            .request(command("DEL", "a", "b", "c"), "DEL DEL a b c", answer: ":20\r\n")
            .response("+OK\r\n*2\r\n$1\r\n1\r\n").response("$2\r\n22\r\n-ERR unknown command\r\n:20\r\n"),
        Conversation("Redis: transaction")
            .request(command("MULTI"), "MULTI MULTI", response: "+OK\r\n")
            .request(command("SET", "k", "v"), "SET SET k ?", response: "+QUEUED\r\n")
            .request(command("EXEC"), "EXEC EXEC", response: "*1\r\n+OK\r\n"),
        Conversation("Redis: RESP3")
            .more(command("HELLO", "3", "AUTH", "default", "hunter2"))
            .response("%2\r\n+server\r\n$5\r\nredis\r\n+proto\r\n:3\r\n")
            .request(
                command("HGETALL", "h"), "HGETALL HGETALL h",
                response:
                    "|1\r\n+ttl\r\n:3600\r\n%2\r\n$1\r\na\r\n,1.5\r\n$1\r\nb\r\n(3492890328409238509324850943850\r\n"
            )
            .request(
                command("SMEMBERS", "s"), "SMEMBERS SMEMBERS s",
                response: ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\ns\r\n~3\r\n#t\r\n_\r\n=7\r\ntxt:abc\r\n"
            )
            .request(
                command("XREAD", "COUNT", "2", "STREAMS", "s1", "s2", "0", "0"), "XREAD XREAD ? ? STREAMS s1 s2 ? ?",
                response: "*?\r\n:1\r\n%?\r\n+a\r\n$?\r\n;4\r\nwxyz\r\n;1\r\n!\r\n;0\r\n.\r\n.\r\n"
            )
            .request(command("EVAL", "return 1", "1", "k", "v"), "EVAL EVAL ? 1 k ?", response: "!8\r\nERR nope\r\n"),
    ]
}

extension Conversation {
    /// A command and its answer.
    fileprivate func request(_ bytes: [UInt8], _ operation: String, response: String) -> Conversation {
        // What is pushed, and what stands beside, is not of the answer's length.
        let skipped = response.hasPrefix(">") ? ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\ns\r\n".utf8.count : 0
        return request(
            bytes, operation, requestBody: bytes.count, responseBody: response.utf8.count - skipped
        ).response(response)
    }

    /// A command whose answer comes later.
    fileprivate func request(_ bytes: [UInt8], _ operation: String, answer: String) -> Conversation {
        request(bytes, operation, requestBody: bytes.count, responseBody: answer.utf8.count)
    }
}
