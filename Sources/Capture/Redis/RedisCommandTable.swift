/// The commands of Redis (https://redis.io/docs/latest/commands/), found by name in any case.
struct RedisCommandTable {
    /// A name of at most 20 bytes, in upper case.
    private struct Name: Comparable {
        var high: UInt64 = 0
        var middle: UInt64 = 0
        var low: UInt32 = 0

        /// The name that these bytes are; nil for what is none.
        init?(_ bytes: UnsafeRawBufferPointer) {
            guard !bytes.isEmpty, bytes.count <= 20 else { return nil }
            for index in 0..<bytes.count {
                guard let byte = RedisCommandTable.upper(bytes[index]) else { return nil }
                switch index {
                case 0..<8: high |= UInt64(byte) << UInt64(56 - 8 * index)
                case 8..<16: middle |= UInt64(byte) << UInt64(56 - 8 * (index - 8))
                default: low |= UInt32(byte) << UInt32(24 - 8 * (index - 16))
                }
            }
        }

        static func < (left: Name, right: Name) -> Bool {
            if left.high != right.high { return left.high < right.high }
            return left.middle != right.middle ? left.middle < right.middle : left.low < right.low
        }
    }

    /// Longest name of a command, bytes; modules' are longer than Redis's own.
    static let longestName = 40

    /// All of them.
    static let shared = RedisCommandTable()

    private var names: ContiguousArray<Name> = []
    private var commands: ContiguousArray<RedisCommand> = []

    /// The command of a name; nil for one that is not known.
    subscript(bytes: UnsafeRawBufferPointer) -> RedisCommand? {
        guard let name = Name(bytes) else { return nil }
        var (low, high) = (0, names.count)
        while low < high {
            let middle = (low + high) / 2
            if names[middle] == name { return commands[middle] }
            if names[middle] < name { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    /// A byte of a name in upper case; nil for one that stands in none.
    static func upper(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x61...0x7A: byte &- 0x20
        case 0x41...0x5A, 0x30...0x39, UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"): byte
        default: nil
        }
    }

    /// Whether bytes could be the name of a command.
    static func isName(_ bytes: UnsafeRawBufferPointer) -> Bool {
        !bytes.isEmpty && bytes.count <= longestName && bytes[0] | 0x20 >= 0x61 && bytes[0] | 0x20 <= 0x7A
            && bytes.allSatisfy { upper($0) != nil }
    }

    private init() {
        var entries: [(Name, RedisCommand)] = []
        for (text, names, role) in RedisCommandTable.rows {
            text.withUTF8Buffer { text in
                for word in text.split(separator: 0x20) {
                    guard let name = Name(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: word))) else { continue }
                    entries.append((name, RedisCommand(names: names, role: role)))
                }
            }
        }
        entries.sort { $0.0 < $1.0 }
        names = ContiguousArray(entries.map(\.0))
        commands = ContiguousArray(entries.map(\.1))
    }

    private static let rows: [(StaticString, RedisCommand.Names, RedisCommand.Role)] = [
        // Strings, bits.
        ("GET SET SETNX SETEX PSETEX GETSET GETDEL GETEX APPEND STRLEN INCR DECR INCRBY DECRBY", .first, .ordinary),
        ("INCRBYFLOAT GETRANGE SETRANGE SUBSTR GETBIT SETBIT BITCOUNT BITPOS BITFIELD BITFIELD_RO", .first, .ordinary),
        ("MGET", .all, .ordinary), ("MSET MSETNX", .everyOther, .ordinary), ("LCS", .two, .ordinary),
        // Any kind of key.
        ("DEL UNLINK EXISTS TOUCH WATCH PFCOUNT PFMERGE", .all, .ordinary),
        (
            "EXPIRE PEXPIRE EXPIREAT PEXPIREAT EXPIRETIME PEXPIRETIME TTL PTTL PERSIST TYPE DUMP RESTORE", .first,
            .ordinary
        ),
        ("MOVE SORT SORT_RO", .first, .ordinary), ("RENAME RENAMENX COPY", .two, .ordinary),
        ("OBJECT MEMORY", .subcommandAndName, .ordinary),
        // Hashes.
        ("HGET HSET HSETNX HMGET HMSET HGETALL HDEL HEXISTS HLEN HKEYS HVALS HINCRBY HINCRBYFLOAT", .first, .ordinary),
        ("HSCAN HSTRLEN HRANDFIELD HEXPIRE HPEXPIRE HEXPIREAT HPEXPIREAT HTTL HPTTL HPERSIST", .first, .ordinary),
        ("HEXPIRETIME HPEXPIRETIME HGETDEL HGETEX HSETEX", .first, .ordinary),
        // Lists.
        ("LPUSH RPUSH LPUSHX RPUSHX LPOP RPOP LLEN LRANGE LINDEX LSET LREM LTRIM LINSERT LPOS", .first, .ordinary),
        ("RPOPLPUSH BRPOPLPUSH LMOVE BLMOVE", .two, .ordinary), ("BLPOP BRPOP", .allButLast, .ordinary),
        ("LMPOP ZMPOP", .counted, .ordinary), ("BLMPOP BZMPOP", .countedSecond, .ordinary),
        // Sets.
        ("SADD SREM SMEMBERS SISMEMBER SMISMEMBER SCARD SPOP SRANDMEMBER SSCAN", .first, .ordinary),
        ("SINTER SUNION SDIFF SINTERSTORE SUNIONSTORE SDIFFSTORE", .all, .ordinary), ("SMOVE", .two, .ordinary),
        ("SINTERCARD", .counted, .ordinary),
        // Sorted sets and places.
        (
            "ZADD ZREM ZCARD ZCOUNT ZINCRBY ZRANGE ZRANGEBYSCORE ZRANGEBYLEX ZREVRANGE ZREVRANGEBYSCORE", .first,
            .ordinary
        ),
        ("ZREVRANGEBYLEX ZRANK ZREVRANK ZSCORE ZMSCORE ZSCAN ZLEXCOUNT ZPOPMIN ZPOPMAX", .first, .ordinary),
        ("ZREMRANGEBYRANK ZREMRANGEBYSCORE ZREMRANGEBYLEX ZRANDMEMBER", .first, .ordinary),
        ("ZUNION ZINTER ZDIFF ZINTERCARD", .counted, .ordinary),
        ("ZUNIONSTORE ZINTERSTORE ZDIFFSTORE", .nameCounted, .ordinary), ("BZPOPMIN BZPOPMAX", .allButLast, .ordinary),
        ("ZRANGESTORE GEOSEARCHSTORE", .two, .ordinary),
        ("GEOADD GEODIST GEOHASH GEOPOS GEOSEARCH GEORADIUS GEORADIUSBYMEMBER GEORADIUS_RO", .first, .ordinary),
        ("GEORADIUSBYMEMBER_RO PFADD", .first, .ordinary),
        // Streams.
        ("XADD XDEL XLEN XRANGE XREVRANGE XTRIM XACK XCLAIM XAUTOCLAIM XPENDING XSETID", .first, .ordinary),
        ("XREAD XREADGROUP", .streams, .ordinary), ("XGROUP XINFO", .subcommandAndName, .ordinary),
        // Modules' documents, filters, time series and indexes.
        ("JSON.GET JSON.SET JSON.DEL JSON.TYPE JSON.ARRAPPEND JSON.ARRLEN JSON.NUMINCRBY", .first, .ordinary),
        ("JSON.MGET", .allButLast, .ordinary), ("BF.ADD BF.EXISTS BF.MADD BF.RESERVE TS.ADD TS.GET", .first, .ordinary),
        ("TS.RANGE TS.CREATE CF.ADD CF.EXISTS", .first, .ordinary),
        ("FT.SEARCH FT.AGGREGATE FT.CREATE", .first, .ordinary),
        // Scripts: the name or digest of one, never its text.
        ("EVAL EVAL_RO", .countedSecond, .ordinary), ("EVALSHA EVALSHA_RO FCALL FCALL_RO", .nameCounted, .ordinary),
        ("SCRIPT FUNCTION", .subcommand, .ordinary),
        // Messages.
        ("SUBSCRIBE PSUBSCRIBE SSUBSCRIBE UNSUBSCRIBE PUNSUBSCRIBE SUNSUBSCRIBE", .all, .subscription),
        ("PUBLISH SPUBLISH", .first, .ordinary), ("PUBSUB", .subcommand, .ordinary),
        // Transactions.
        ("MULTI", .none, .begin), ("EXEC", .none, .execute), ("DISCARD", .none, .discard),
        ("UNWATCH", .none, .ordinary),
        // The connection.
        ("AUTH HELLO PING ECHO QUIT READONLY READWRITE ASKING", .none, .silent), ("RESET", .none, .reset),
        ("SELECT", .words, .select), ("CLIENT", .subcommand, .client), ("REPLCONF", .subcommand, .replica),
        ("SYNC PSYNC", .none, .replication), ("MONITOR", .none, .monitor),
        // The server.
        ("CONFIG ACL CLUSTER COMMAND DEBUG LATENCY MODULE SLOWLOG SENTINEL", .subcommand, .ordinary),
        ("INFO DBSIZE TIME LASTSAVE ROLE", .none, .ordinary),
        ("FLUSHALL FLUSHDB SAVE BGSAVE BGREWRITEAOF", .words, .ordinary),
        ("KEYS SCAN RANDOMKEY SWAPDB WAIT WAITAOF SHUTDOWN FAILOVER REPLICAOF SLAVEOF MIGRATE", .none, .ordinary),
        ("LOLWUT BITOP", .none, .ordinary),
    ]
}
