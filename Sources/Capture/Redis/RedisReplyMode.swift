/// Whether a server of Redis answers: what CLIENT REPLY has told it.
enum RedisReplyMode {
    /// It does.
    case on
    /// It does not answer the next command.
    case skipping
    /// It does not.
    case off
}

/// What subcommands make of CLIENT and REPLCONF.
enum RedisSubcommand: Equatable {
    /// Nothing.
    case other
    /// The command is about the connection and of interest only if it fails.
    case silent
    /// It tells of the client's library or what the client would like to be told, which clients do unasked and whose
    /// failure they ignore: older servers do not know it.
    case unnoticed
    /// CLIENT REPLY: what it says is the second argument.
    case reply
    /// CLIENT REPLY ON, OFF or SKIP.
    case replies(RedisReplyMode)
    /// A replica's acknowledgement.
    case acknowledgement

    /// The subcommand of a role with this name.
    init(_ role: RedisCommand.Role, _ name: UnsafeRawBufferPointer) {
        func matches(_ word: StaticString) -> Bool {
            word.withUTF8Buffer { $0.elementsEqual(name, by: { $0 == $1 & 0xDF || $0 == $1 }) }
        }
        func isAmong(_ words: StaticString...) -> Bool { words.contains(where: matches) }
        self = .other
        if role == .replica { self = matches("ACK") ? .acknowledgement : .silent }
        guard role == .client else { return }
        if matches("REPLY") { self = .reply }
        if isAmong("SETINFO", "MAINT_NOTIFICATIONS") { self = .unnoticed }
        if isAmong("SETNAME", "GETNAME", "ID", "TRACKING", "CACHING", "NO-EVICT", "NO-TOUCH") { self = .silent }
    }

    /// What CLIENT REPLY says with this argument.
    static func replies(_ argument: UnsafeRawBufferPointer) -> RedisSubcommand {
        switch (argument.count, (argument.last ?? 0) & 0xDF) {
        case (3, UInt8(ascii: "F")): .replies(.off)
        case (4, UInt8(ascii: "P")): .replies(.skipping)
        default: .replies(.on)
        }
    }
}
