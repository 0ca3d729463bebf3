/// A command as the command line would have it, with `?` for every argument that is no name: what it is about can be seen,
/// and no value leaves. Cut at ``limit``, and where an argument's bytes are missing.
struct RedisStatement {
    /// Most bytes.
    static let limit = 1024

    private let text = KeptBytes()
    private var reserved = 0
    private var command = RedisCommand.unknown
    private var isCut = false
    /// How many arguments the command has, its name included; 0 when that is not known.
    private var count: UInt64 = 0
    /// The arguments from here up to ``namesEnd`` are names, once that is known.
    private var namesStart: UInt64 = 0
    private var namesEnd: UInt64 = 0

    /// What there is so far. Borrowed until it changes.
    var bytes: UnsafeRawBufferPointer { text.bytes }

    /// Begins with a command's name, which becomes upper case.
    ///
    /// - Parameter count: how many arguments there will be, the name included; 0 when that is not known.
    mutating func begin(
        _ name: UnsafeRawBufferPointer, _ command: RedisCommand, count: UInt64, in exchanges: inout ExchangeTable
    ) {
        clear(in: &exchanges)
        self.command = command
        self.count = count
        isCut = false
        (namesStart, namesEnd) = (0, 0)
        withUnsafeTemporaryAllocation(byteCount: RedisCommandTable.longestName, alignment: 1) { upper in
            let count = min(name.count, RedisCommandTable.longestName)
            for index in 0..<count { upper[index] = RedisCommandTable.upper(name[index]) ?? name[index] }
            append(UnsafeRawBufferPointer(rebasing: upper[..<count]), in: &exchanges)
        }
    }

    /// Adds an argument.
    ///
    /// - Parameters:
    ///   - index: its number, from 1.
    ///   - value: what is known of it.
    mutating func argument(_ index: UInt64, _ value: RESPValue, in exchanges: inout ExchangeTable) {
        // A number or a word of which only the beginning is known says nothing about what follows.
        let isMissing = !value.isWhole && value.text.count < RESPReader.limit
        if isMissing, command.names.rawValue >= RedisCommand.Names.counted.rawValue { isCut = true }
        guard !isCut else { return }
        let isName = isName(index, value)
        space(in: &exchanges)
        guard isName else { return append("?", in: &exchanges) }
        append(value.text, in: &exchanges)
        // What follows a name of which only the beginning is known would look like its end.
        if isMissing { isCut = true }
    }

    /// Forgets it.
    mutating func clear(in exchanges: inout ExchangeTable) {
        text.clear(retaining: RedisStatement.limit / 4)
        exchanges.unreserve(reserved)
        reserved = 0
    }

    private mutating func isName(_ index: UInt64, _ value: RESPValue) -> Bool {
        switch command.names {
        case .none: return false
        case .first, .subcommand: return index == 1
        case .two, .subcommandAndName: return index <= 2
        case .all, .words: return true
        case .allButLast: return index &+ 1 < count
        case .everyOther: return index & 1 == 1
        case .counted: return isCounted(index, value, from: 1)
        case .countedSecond: return isCounted(index, value, from: 2)
        case .nameCounted: return index == 1 || isCounted(index, value, from: 2)
        case .streams:
            if namesEnd == 0, value.text.elementsEqual("STREAMS".utf8, by: { $0 & 0xDF == $1 }), count > index {
                namesStart = index &+ 1
                namesEnd = index &+ 1 &+ (count &- index &- 1) / 2
                return true
            }
            return index >= namesStart && index < namesEnd
        }
    }

    /// Whether an argument is a name, or the number of them, which is the argument at `place`.
    private mutating func isCounted(_ index: UInt64, _ value: RESPValue, from place: UInt64) -> Bool {
        if index == place {
            guard let number = RESPReader.number(value.text) else { return false }
            (namesStart, namesEnd) = (place &+ 1, place &+ 1 &+ number)
            return true
        }
        return index >= namesStart && index < namesEnd
    }

    private mutating func space(in exchanges: inout ExchangeTable) { append(" ", in: &exchanges) }

    private mutating func append(_ word: StaticString, in exchanges: inout ExchangeTable) {
        append(UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount), in: &exchanges)
    }

    private mutating func append(_ bytes: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        let count = min(bytes.count, RedisStatement.limit - text.count)
        guard count == bytes.count, exchanges.reserve(count) else {
            isCut = true
            return
        }
        reserved += count
        text.append(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
    }
}
