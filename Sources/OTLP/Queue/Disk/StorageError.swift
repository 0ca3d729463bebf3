import CSQLite
import Glibc

/// What SQLite could not do.
struct StorageError: Error, CustomStringConvertible {
    /// SQLite's extended result code (https://www.sqlite.org/rescode.html).
    let code: Int32
    /// One line, without what was being stored.
    let description: String

    /// What went wrong last on a connection.
    init(code: Int32, connection: OpaquePointer?) {
        self.code = code
        // A failure of the file system has no message of its own.
        let hasMessage = connection.map { sqlite3_errcode($0) != SQLITE_OK } ?? false
        var text = String(cString: hasMessage ? sqlite3_errmsg(connection) : sqlite3_errstr(code))
        let reason = connection.map { sqlite3_system_errno($0) } ?? 0
        if reason != 0, code & 0xFF == SQLITE_IOERR || code & 0xFF == SQLITE_CANTOPEN {
            text += " (\(String(cString: strerror(reason))))"
        }
        description = text.printable()
    }

    /// A database in whose schema is something that we did not put there.
    init(foreign: Void) {
        code = SQLITE_CORRUPT
        description = "there is something else in the database"
    }

    /// A database in which something could not be read or written a moment ago.
    init(damagedAtWork: Void) {
        code = SQLITE_CORRUPT
        description = "a part of it cannot be read"
    }

    /// Whether the file is no database, or not a whole one.
    var isDamage: Bool { code & 0xFF == SQLITE_CORRUPT || code & 0xFF == SQLITE_NOTADB }
}
