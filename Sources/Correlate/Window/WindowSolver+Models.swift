/// What was learned, as bytes, so that a restart does not start cold.
///
/// Little-endian. A header: the letters `ISWM`, a version (4 bytes, 1), the number of records (4 bytes) and a checksum of
/// all that follows (8 bytes). Then the records, those used most first, each with a table's number (1 byte: 0 contexts,
/// 1 steps, 2 operations), a key (8 bytes: hashes of operations, the same in every process), and numbers (IEEE 754, 4
/// bytes each) of that table. Of a step the number of its bins that are not empty follows (1 byte) and those bins, a
/// place (1 byte) and a number each.
extension WindowSolver {
    /// Most bytes that are written, and read.
    static var maximumModelBytes: Int { 1 << 20 }

    /// Adds what was learned, as much of it as fits, the most used first.
    func storeModels(into bytes: inout [UInt8]) {
        var writer = ModelWriter()
        models.store(into: &writer)
        operations.store(into: &writer)
        bytes.append(contentsOf: writer.finish())
    }

    /// Takes in what was learned before; false, and nothing of it, when the bytes are damaged or of another version.
    mutating func restoreModels(from bytes: some Sequence<UInt8>) -> Bool {
        guard var reader = ModelReader(bytes) else { return false }
        while let record = reader.next() {
            guard models.restore(record), operations.restore(record) else { continue }
        }
        version &+= 1
        return true
    }
}
