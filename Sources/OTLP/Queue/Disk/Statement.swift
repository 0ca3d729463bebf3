import CSQLite

/// A compiled statement. Whoever holds it owns it; it is finalised when that ends.
struct Statement: ~Copyable {
    private let handle: OpaquePointer
    private let connection: OpaquePointer

    /// Takes over what SQLite made. A connection outlives its statements, see ``Database``.
    init(_ handle: OpaquePointer, of connection: OpaquePointer) {
        self.handle = handle
        self.connection = connection
    }

    deinit { sqlite3_finalize(handle) }

    /// Gives the parameter with that number, from 1, a value.
    func bind(_ value: Int64, at index: Int32) throws(StorageError) {
        try check(sqlite3_bind_int64(handle, index, value))
    }

    /// Runs with bytes as the parameter with that number, to the end.
    func run(binding bytes: [UInt8], at index: Int32) throws(StorageError) {
        // No destructor: SQLite reads the bytes where they are, while they are there.
        let code = bytes.withUnsafeBytes { bytes in
            // An empty array may have no address, which would mean NULL.
            let bound =
                bytes.isEmpty
                ? sqlite3_bind_zeroblob(handle, index, 0)
                : sqlite3_bind_blob64(handle, index, bytes.baseAddress, UInt64(bytes.count), nil)
            guard bound == SQLITE_OK else { return bound }
            let result = sqlite3_step(handle)
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
            return result
        }
        guard code == SQLITE_DONE else { throw StorageError(code: code, connection: connection) }
    }

    /// Runs to the end.
    func run() throws(StorageError) {
        while try step() {}
        reset()
    }

    /// Goes to the next row; false when there is none.
    func step() throws(StorageError) -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        guard code == SQLITE_DONE else {
            let error = StorageError(code: code, connection: connection)
            sqlite3_reset(handle)
            throw error
        }
        return false
    }

    /// Lets go of the rows, to be run again.
    func reset() { sqlite3_reset(handle) }

    /// A column of the row, from 0; what is no number there is 0.
    func int64(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    /// A copy of a column of the row, from 0.
    func bytes(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    private func check(_ code: Int32) throws(StorageError) {
        guard code == SQLITE_OK else { throw StorageError(code: code, connection: connection) }
    }
}
