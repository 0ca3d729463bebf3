import Glibc
import Threading

/// The database of a queue: what is in it and how it is written, without any decision of when.
///
/// For one thread at a time. Write-ahead logging, so that a transaction is one append to a file, and SQLite's exclusive
/// mode, in which no other connection, not even to read, comes in between and no shared memory is needed.
final class DiskStore {
    /// What there is.
    struct Inventory {
        var rows = 0
        var weight = Weight()
        /// When the oldest of it came, CLOCK_REALTIME, ns.
        var oldest: Int64?
        /// Rows that were lost, as far as that can be told. What was in them cannot.
        var lostRows = 0
    }

    /// Some rows, read back.
    struct Page {
        var rows: [StoredRow] = []
        /// Rows whose checksum is wrong.
        var corrupt: [(id: Int64, weight: Weight)] = []
        /// Whether there are no more after these.
        var isLast = false
    }

    /// Changed with the table: a file with a higher number is not ours to touch.
    private static let version: Int64 = 1
    private static let schema = """
        CREATE TABLE batches (id INTEGER PRIMARY KEY, arrival INTEGER NOT NULL, requests INTEGER NOT NULL, \
        items INTEGER NOT NULL, checksum INTEGER NOT NULL, payload BLOB NOT NULL)
        """
    static let pageSize = 8192
    /// Of the write-ahead log, before its pages go into the database.
    private static let checkpointPages = (8 << 20) / pageSize
    /// Bytes of the log that are there from the start: what is written after ``checkpointPages`` finds room even when
    /// the disk is full, unless it is large. So what was delivered can always be deleted.
    private static let logSize: Int64 = 12 << 20
    /// By what the database grows.
    private static let chunk: Int32 = 1 << 20
    /// A file that has grown beyond this is made small again when nothing is in it.
    private static let worthShrinking: Int64 = (16 << 20) / Int64(pageSize)
    /// Beyond any number we ever give: a row that claims more is damaged.
    private static let highestID = Int64.max / 2

    private let database: Database
    private let insertion: Statement
    private let deletion: Statement
    private let reading: Statement
    private let pageCount: Statement
    private let freePages: Statement
    private var nextID: Int64 = 1

    /// Opens a database, or makes one of an empty file.
    /// - Parameter toSalvage: to read what can be read of a damaged one; then an empty file is an error.
    /// - Throws: ``StorageError``; or ``ExporterError`` when it is a later version's.
    init(path: String, settings: StorageSettings, toSalvage: Bool = false) throws {
        let database = try Database(path: path)
        self.database = database
        // Without it SQLite will not look at a file that is shorter than it says.
        if toSalvage { try database.execute("PRAGMA writable_schema = ON") }
        // Pages that are spilled are written over in the log before they are committed: whoever is killed in between
        // would leave what looks like damage. A transaction is small enough to stay in memory.
        try database.execute(
            """
            PRAGMA page_size = \(Self.pageSize); PRAGMA locking_mode = EXCLUSIVE; PRAGMA trusted_schema = OFF;
            PRAGMA secure_delete = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4096;
            PRAGMA cache_spill = OFF;
            PRAGMA cell_size_check = ON
            """)
        database.setChunk(Self.chunk)
        try database.execute(
            """
            PRAGMA journal_mode = WAL; PRAGMA synchronous = \(settings.fsync ? "FULL" : "NORMAL");
            PRAGMA wal_autocheckpoint = \(Self.checkpointPages); PRAGMA journal_size_limit = \(Self.logSize)
            """)
        if try database.number("SELECT count(*) FROM sqlite_master") == 0 {
            try database.transaction { () throws(StorageError) in
                try database.execute("\(Self.schema); PRAGMA user_version = \(Self.version)")
            }
        }
        // Nothing in the file but our table: no trigger of anybody's runs here.
        let ours = try database.number("SELECT count(*) = 1 AND min(sql = '\(Self.schema)') FROM sqlite_master")
        if ours != 1, !toSalvage {
            let version = try database.number("PRAGMA user_version") ?? 0
            guard (Self.version + 1)...(Self.version + 100) ~= version else { throw StorageError(foreign: ()) }
            throw ExporterError("a later version of this program made it")
        }
        let pages = settings.maxBytes / Self.pageSize * 2 + (16 << 20) / Self.pageSize
        _ = try database.number("PRAGMA max_page_count = \(min(pages, Int(Int32.max)))")
        insertion = try database.prepare("INSERT INTO batches VALUES (?, ?, ?, ?, ?, ?)")
        deletion = try database.prepare("DELETE FROM batches WHERE id BETWEEN ? AND ?")
        reading = try database.prepare(
            "SELECT id, arrival, requests, items, checksum, payload FROM batches WHERE id > ? ORDER BY id")
        pageCount = try database.prepare("PRAGMA page_count")
        freePages = try database.prepare("PRAGMA freelist_count")
        if !toSalvage { Self.allocate(path + "-wal", Self.logSize) }
    }

    /// Takes room on the disk for a file that is there. On a full disk it is smaller.
    private static func allocate(_ path: String, _ size: Int64) {
        let file = open(path, O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        defer { close(file) }
        var status = stat()
        if fstat(file, &status) == 0, status.st_size < size { posix_fallocate(file, 0, off_t(size)) }
    }

    /// Counts what is in it after a row, without reading payloads, and finds where to go on.
    func inventory(after id: Int64) throws(StorageError) -> Inventory {
        var inventory = Inventory()
        try database.transaction { () throws(StorageError) in
            try database.execute("DELETE FROM batches WHERE id < 1 OR id > \(Self.highestID)")
            inventory.lostRows = database.changes
        }
        let statement = try database.prepare(
            "SELECT id, arrival, requests, items, length(payload) FROM batches WHERE id > ? ORDER BY id")
        try statement.bind(id, at: 1)
        nextID = max(nextID, id &+ 1)
        while try statement.step() {
            // A damaged tree may still lead to numbers that were just deleted.
            nextID = max(nextID, min(statement.int64(0), Self.highestID) + 1)
            inventory.rows += 1
            inventory.weight =
                inventory.weight
                + Weight(
                    claimedRequests: statement.int64(2), items: statement.int64(3), bytes: statement.int64(4))
            inventory.oldest = min(inventory.oldest ?? .max, statement.int64(1))
        }
        return inventory
    }

    /// Deletes rows and adds others, wholly or not at all. On disk when it returns (see ``StorageSettings``).
    /// - Returns: the rows with their ids.
    func write(_ rows: [StoredRow], deleting ids: [Int64]) throws(StorageError) -> [StoredRow] {
        let offset = WallTime.now() &- Int64(clamping: Monotonic.now())
        var rows = rows
        try reserve(rows)
        try database.transaction { () throws(StorageError) in
            // First, so that their pages are there for the others.
            for range in ids.runs {
                try deletion.bind(range.lowerBound, at: 1)
                try deletion.bind(range.upperBound, at: 2)
                try deletion.run()
            }
            for index in rows.indices {
                rows[index].id = nextID &+ Int64(index)
                rows[index].wallArrival = Int64(clamping: rows[index].arrival) &+ offset
                try insert(rows[index])
            }
        }
        nextID &+= Int64(rows.count)
        return rows
    }

    /// Finds room for rows, or says that there is none before anything is written.
    private func reserve(_ rows: [StoredRow]) throws(StorageError) {
        guard !rows.isEmpty else { return }
        // Each may end in the middle of a page, and need another of the tree.
        let needed = rows.reduce(8) { $0 + Int64($1.payload.count / (Self.pageSize - 512)) + 2 }
        let missing = try needed - number(freePages)
        if missing > 0 { try database.reserve((number(pageCount) + missing) * Int64(Self.pageSize)) }
    }

    private func number(_ statement: borrowing Statement) throws(StorageError) -> Int64 {
        defer { statement.reset() }
        return try statement.step() ? statement.int64(0) : 0
    }

    /// Takes rows over as they are.
    func copy(_ rows: [StoredRow]) throws(StorageError) {
        try database.transaction { () throws(StorageError) in
            for row in rows { try insert(row) }
        }
    }

    private func insert(_ row: StoredRow) throws(StorageError) {
        try insertion.bind(row.id, at: 1)
        try insertion.bind(row.wallArrival, at: 2)
        try insertion.bind(Int64(row.weight.requests), at: 3)
        try insertion.bind(Int64(row.weight.items), at: 4)
        try insertion.bind(row.checksum, at: 5)
        try insertion.run(binding: row.payload, at: 6)
    }

    /// Reads rows in their order, at least one if there is one, and then until so many bytes are reached.
    func read(after id: Int64, bytes: Int) throws(StorageError) -> Page {
        var page = Page()
        var read = 0
        defer { reading.reset() }
        try reading.bind(id, at: 1)
        while read < bytes {
            guard try reading.step() else {
                page.isLast = true
                break
            }
            let payload = reading.bytes(5)
            let row = StoredRow(
                id: reading.int64(0), arrival: 0, wallArrival: reading.int64(1),
                weight: Weight(
                    claimedRequests: reading.int64(2), items: reading.int64(3), bytes: Int64(payload.count)),
                payload: payload)
            read += max(payload.count, 1)
            if row.checksum == reading.int64(4) {
                page.rows.append(row)
            } else {
                page.corrupt.append((row.id, row.weight))
            }
        }
        return page
    }

    /// Gives the disk back what an empty database has grown to. Not being able to is no loss.
    func shrink() {
        guard let pages = try? number(pageCount), pages > Self.worthShrinking else { return }
        // The log keeps its size, see ``logSize``.
        try? database.execute("VACUUM; PRAGMA wal_checkpoint(PASSIVE)")
    }
}

extension [Int64] {
    /// The numbers in order, those that follow each other as one.
    fileprivate var runs: [ClosedRange<Int64>] {
        var runs: [ClosedRange<Int64>] = []
        for number in sorted() {
            if let last = runs.last, number <= last.upperBound &+ 1 {
                runs[runs.count - 1] = last.lowerBound...Swift.max(number, last.upperBound)
            } else {
                runs.append(number...number)
            }
        }
        return runs
    }
}
