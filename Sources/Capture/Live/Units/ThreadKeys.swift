/// Where a C library keeps what a thread has stored under a key (`pthread_getspecific`).
///
/// glibc: a thread has blocks of 32 entries, of which the first lies in front of the list of all of them. An entry is a
/// sequence number and the value. glibc tells debuggers where the list is (`nptl_db/structs.def`).
struct ThreadKeys: Equatable {
    /// Where the list of blocks lies, from the thread pointer.
    var list: Int32

    /// Keys in a block, and bytes of an entry.
    private static let block: UInt32 = 32
    private static let entry: Int32 = 16
    /// PTHREAD_KEYS_MAX.
    private static let maximum: UInt32 = 1024

    /// The chain to a key's value; nil when there is no such key.
    func steps(to key: UInt32) -> [Int32]? {
        guard key < ThreadKeys.maximum else { return nil }
        let value = ThreadKeys.entry * Int32(key % ThreadKeys.block) + 8
        guard key >= ThreadKeys.block else {
            return [list - ThreadKeys.entry * Int32(ThreadKeys.block) + value]
        }
        return [list + 8 * Int32(key / ThreadKeys.block), value]
    }

    /// Those of a process; nil when its C library is none that we know.
    static func find(in process: borrowing ExaminedProcess, _ files: [MappedFile]) -> ThreadKeys? {
        // Before 2.34 threads had a library of their own.
        let library =
            files.first { $0.name.hasPrefix("libpthread.so") || $0.name.hasPrefix("libpthread-2.") }
            ?? files.first { $0.name == "libc.so.6" || $0.name.hasPrefix("libc-2.") }
        guard let library, let file = ELFFile(process.path(of: library)) else { return nil }
        var found = symbols(of: file, isDynamic: true)
        if found == nil { found = symbols(of: file, isDynamic: false) }
        return found ?? Machine.threadKeyList.map { ThreadKeys(list: $0) }
    }

    /// As the library says: for the list, its size in bits, how many, and where in a thread's structure; and the size of
    /// that structure, which on arm64 ends at the thread pointer, where on x86-64 it begins.
    private static func symbols(of file: borrowing ELFFile, isDynamic: Bool) -> ThreadKeys? {
        let found = file.symbols(
            ["_thread_db_pthread_specific", "_thread_db_sizeof_pthread"], isDynamic: isDynamic)
        guard let list = found[0].flatMap({ file.bytes(address: $0, count: 12)?.word(8, as: UInt32.self) }),
            let size = found[1].flatMap({ file.bytes(address: $0, count: 4)?.word(0, as: UInt32.self) }),
            size <= 65_536, (512..<size).contains(list)
        else { return nil }
        return ThreadKeys(list: Int32(list) - (Machine.threadPointerIsAtEnd ? Int32(size) : 0))
    }
}
