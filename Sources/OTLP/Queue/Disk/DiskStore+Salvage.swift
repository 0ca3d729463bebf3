extension DiskStore {
    /// How often in a row reading may fail before ever longer stretches are left out.
    private static let patience = 4096
    /// Bytes that are copied in one transaction.
    private static let portion = 8 << 20

    /// Copies what can be read of a damaged database into one that is whole.
    /// - Returns: how many rows were lost, as far as their numbers tell; 0 can also mean that nobody knows.
    /// - Throws: when the other cannot be written.
    static func salvage(_ damaged: String, into path: String, settings: StorageSettings) throws -> Int {
        let target = try DiskStore(path: path, settings: settings)
        // What cannot be opened at all has nothing in it that could be copied.
        guard let source = try? DiskStore(path: damaged, settings: settings, toSalvage: true) else { return 0 }
        var lost = 0
        var waiting: [StoredRow] = []
        var bytes = 0
        /// The last row that was read, whatever became of it, and where to look next.
        var last: Int64 = 0
        var position: Int64 = 0
        var failures = 0
        while position < Int64.max / 4 {
            let page = try? source.read(after: position, bytes: 1)
            if let page, page.isLast { break }
            // A damaged tree may lead to any row.
            guard let page, let id = page.rows.first?.id ?? page.corrupt.first?.id, id > position else {
                // Rows lie in order, several to a page: those after the damaged page can be read again.
                failures += 1
                position += failures <= patience ? 1 : position
                continue
            }
            // Numbers are given one after the other, so a gap behind a failure is what was there.
            if failures > 0, last > 0 || id > 1 { lost += Int(clamping: min(id - last - 1, Int64(patience))) }
            failures = 0
            last = id
            position = id
            lost += page.corrupt.count
            waiting += page.rows
            bytes += page.rows.reduce(0) { $0 + $1.payload.count }
            if bytes >= portion {
                try target.copy(waiting)
                waiting = []
                bytes = 0
            }
        }
        try target.copy(waiting)
        // Behind the last that was read there was at least what could not be.
        return failures > 0 ? lost + 1 : lost
    }
}
