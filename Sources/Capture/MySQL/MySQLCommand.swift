/// The commands of MySQL's protocol (`enum_server_command`), and MariaDB's own.
enum MySQLCommand: UInt8 {
    case quit = 0x01
    case initDatabase = 0x02
    case query = 0x03
    case fieldList = 0x04
    case createDatabase = 0x05
    case dropDatabase = 0x06
    case refresh = 0x07
    case shutdown = 0x08
    case statistics = 0x09
    case processInfo = 0x0A
    case processKill = 0x0C
    case debug = 0x0D
    case ping = 0x0E
    case changeUser = 0x11
    case binlogDump = 0x12
    case tableDump = 0x13
    case registerReplica = 0x15
    case prepare = 0x16
    case execute = 0x17
    case sendLongData = 0x18
    case closeStatement = 0x19
    case resetStatement = 0x1A
    case setOption = 0x1B
    case fetch = 0x1C
    case binlogDumpGTID = 0x1E
    case resetConnection = 0x1F
    case clone = 0x20
    /// MariaDB: one statement for many rows of parameters.
    case bulkExecute = 0xFA
    /// Not a command: the client's answer to the greeting.
    case login = 0xF0
    /// Not a command: one that cannot be read, being compressed.
    case compressed = 0xF1

    /// Whether the server does not answer.
    var isUnanswered: Bool {
        switch self {
        case .quit, .sendLongData, .closeStatement: true
        default: false
        }
    }

    /// Whether what follows is no series of requests any more.
    var endsRequests: Bool {
        switch self {
        case .binlogDump, .tableDump, .registerReplica, .binlogDumpGTID, .clone: true
        default: false
        }
    }

    /// Whether it is of interest only when it fails.
    var isSilent: Bool {
        switch self {
        case .query, .execute, .bulkExecute, .fetch, .initDatabase, .processKill, .compressed: false
        default: true
        }
    }

    /// What it is called where it has no statement that says so; nil where it has, or where its statement is not known.
    var name: StaticString? {
        switch self {
        case .quit: "QUIT"
        case .initDatabase: "USE"
        case .query, .compressed: nil
        case .fieldList: "FIELD_LIST"
        case .createDatabase: "CREATE DATABASE"
        case .dropDatabase: "DROP DATABASE"
        case .refresh: "REFRESH"
        case .shutdown: "SHUTDOWN"
        case .statistics: "STATISTICS"
        case .processInfo: "PROCESS_INFO"
        case .processKill: "KILL"
        case .debug: "DEBUG"
        case .ping: "PING"
        case .changeUser: "CHANGE_USER"
        case .prepare: "PREPARE"
        case .execute, .bulkExecute: "EXECUTE"
        case .sendLongData: "SEND_LONG_DATA"
        case .closeStatement: "CLOSE"
        case .resetStatement: "RESET"
        case .setOption: "SET_OPTION"
        case .fetch: "FETCH"
        case .resetConnection: "RESET_CONNECTION"
        case .login: "CONNECT"
        case .binlogDump, .tableDump, .registerReplica, .binlogDumpGTID, .clone: nil
        }
    }
}
