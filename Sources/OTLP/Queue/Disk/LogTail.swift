import Glibc

/// Looks for what was lost of a write-ahead log (https://www.sqlite.org/fileformat2.html#the_write_ahead_log).
///
/// SQLite reads frames until one whose checksum is wrong, and takes that for the end. It is, after the end of a process:
/// nothing was written behind it. When frames of the same generation (their salts say so) follow, then what is wrong was
/// once right: the file was damaged, and every transaction from there on is lost.
struct LogTail {
    private static let headerSize = 32
    private static let frameHeaderSize = 24

    /// Transactions that were committed and cannot be read.
    private(set) var lostTransactions = 0

    /// Reads a log. One that is not there, or none, has lost nothing that could be told.
    init(path: String) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        defer { close(file) }
        guard let header = Self.read(file, count: Self.headerSize, at: 0) else { return }
        let magic = header.word(0)
        let pageSize = Int(header.word(8))
        guard magic & ~1 == 0x377F_0682, (512...65536).contains(pageSize), pageSize.nonzeroBitCount == 1 else { return }
        let isBig = magic & 1 == 1
        var sum = Checksum()
        sum.add(header[0..<24], isBig: isBig)
        guard sum.first == header.word(24), sum.second == header.word(28) else { return }

        var isBroken = false
        var lost = 0
        var framesBehind = 0
        var offset = Self.headerSize
        while let frame = Self.read(file, count: Self.frameHeaderSize + pageSize, at: offset) {
            guard frame.word(8) == header.word(16), frame.word(12) == header.word(20) else { break }
            if isBroken {
                framesBehind += 1
            } else {
                sum.add(frame[0..<8], isBig: isBig)
                sum.add(frame[Self.frameHeaderSize...], isBig: isBig)
                isBroken = sum.first != frame.word(16) || sum.second != frame.word(20)
            }
            // A frame that ends a transaction says how large the database is then.
            if isBroken, frame.word(4) != 0 { lost += 1 }
            offset += frame.count
        }
        // A transaction that was not finished leaves frames as well, but not the one that ends it.
        if framesBehind > 0 { lostTransactions = lost }
    }

    private static func read(_ file: Int32, count: Int, at offset: Int) -> [UInt8]? {
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(pread(file, buffer.baseAddress, count, off_t(offset)), 0)
        }
        return bytes.count == count ? bytes : nil
    }

    /// The running sum of the format, over words in the order that the header tells.
    private struct Checksum {
        var first: UInt32 = 0
        var second: UInt32 = 0

        mutating func add(_ bytes: ArraySlice<UInt8>, isBig: Bool) {
            bytes.withUnsafeBytes { bytes in
                var offset = 0
                while offset + 8 <= bytes.count {
                    let one = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
                    let two = bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
                    first &+= (isBig ? UInt32(bigEndian: one) : UInt32(littleEndian: one)) &+ second
                    second &+= (isBig ? UInt32(bigEndian: two) : UInt32(littleEndian: two)) &+ first
                    offset += 8
                }
            }
        }
    }
}

extension [UInt8] {
    /// A number of four bytes, the highest first, as all in the format's headers are.
    fileprivate func word(_ offset: Int) -> UInt32 {
        self[offset..<(offset + 4)].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
