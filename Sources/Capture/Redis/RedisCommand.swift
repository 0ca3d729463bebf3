/// What is to be known of a command of Redis: which of its arguments are names, and what it does to the connection.
struct RedisCommand: Equatable {
    /// Which arguments are names (keys, channels, subcommands) rather than values. They are counted from 1.
    enum Names: UInt8 {
        /// None.
        case none
        /// The first.
        case first
        /// The first two.
        case two
        /// Every one.
        case all
        /// Every one but the last.
        case allButLast
        /// The first, the third, the fifth ...
        case everyOther
        /// The first is a number of names, which follow it.
        case counted
        /// The second is.
        case countedSecond
        /// The first is a name, the second is a number of them.
        case nameCounted
        /// Those in the first half behind the word STREAMS.
        case streams
        /// The first, which is a subcommand.
        case subcommand
        /// The first, which is a subcommand, and the second.
        case subcommandAndName
        /// Every one is a word of the protocol's.
        case words
    }

    /// What it does to the connection.
    enum Role: UInt8 {
        /// Nothing.
        case ordinary
        /// It is about the connection itself, and of interest only if it fails.
        case silent
        /// Likewise, and it makes everything as at the beginning.
        case reset
        /// It is answered by as many confirmations as it names channels.
        case subscription
        /// It begins a transaction.
        case begin
        /// It executes a transaction.
        case execute
        /// It gives a transaction up.
        case discard
        /// It chooses a database.
        case select
        /// From its answer on, the connection tells what others do.
        case monitor
        /// The connection is for replication from here on.
        case replication
        /// It is what its subcommand is.
        case client
        /// Likewise, between a replica and its primary.
        case replica
    }

    /// Which arguments are names.
    var names: Names
    /// What it does.
    var role: Role

    /// A command that is not in the table: no argument is shown.
    static let unknown = RedisCommand(names: .none, role: .ordinary)
}
