import CSQLite

/// A connection to a SQLite database, for one thread at a time: libsqlite3 is called by this folder alone.
///
/// Its owner lets go of its statements and of it, in any order: SQLite keeps a connection until its last statement is
/// finalised.
final class Database {
    /// Most bytes of a value, so that a damaged length does not become an allocation.
    private static let longestValue: Int32 = 256 << 20

    private let connection: OpaquePointer

    /// Opens a database that is there, or an empty file.
    /// - Throws: when SQLite cannot open it; what is in it is only looked at by the first statement.
    init(path: String) throws(StorageError) {
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let opened else {
            let error = StorageError(code: code, connection: opened)
            sqlite3_close_v2(opened)
            throw error
        }
        connection = opened
        sqlite3_extended_result_codes(connection, 1)
        sqlite3_limit(connection, SQLITE_LIMIT_LENGTH, Self.longestValue)
    }

    deinit { sqlite3_close_v2(connection) }

    /// Runs a statement and lets go of its rows.
    func execute(_ sql: String) throws(StorageError) {
        let code = sqlite3_exec(connection, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw StorageError(code: code, connection: connection) }
    }

    /// Compiles a statement, to be run many times.
    func prepare(_ sql: String) throws(StorageError) -> Statement {
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let handle else { throw StorageError(code: code, connection: connection) }
        return Statement(handle, of: connection)
    }

    /// The number that a statement, such as a pragma, answers with; nil when it answers with nothing.
    func number(_ sql: String) throws(StorageError) -> Int64? {
        let statement = try prepare(sql)
        return try statement.step() ? statement.int64(0) : nil
    }

    /// Has the file grow in pieces of so many bytes, which is what ``reserve(_:)`` needs.
    func setChunk(_ bytes: Int32) {
        var bytes = bytes
        sqlite3_file_control(connection, "main", SQLITE_FCNTL_CHUNK_SIZE, &bytes)
    }

    /// Makes sure of room on the disk for a file of so many bytes, so that what is in the write-ahead log can always be
    /// moved into it.
    func reserve(_ bytes: Int64) throws(StorageError) {
        var bytes = bytes
        let code = sqlite3_file_control(connection, "main", SQLITE_FCNTL_SIZE_HINT, &bytes)
        guard code == SQLITE_OK else { throw StorageError(code: code, connection: connection) }
    }

    /// How many rows the last statement inserted or deleted.
    var changes: Int { Int(sqlite3_changes64(connection)) }

    /// Does something wholly or not at all.
    func transaction(_ body: () throws(StorageError) -> Void) throws(StorageError) {
        try execute("BEGIN IMMEDIATE")
        do {
            try body()
            try execute("COMMIT")
        } catch {
            // Some errors have rolled back already, which is then the error here.
            sqlite3_exec(connection, "ROLLBACK", nil, nil, nil)
            throw error
        }
    }
}
