/// What every file of the state directory begins with, so that one that is damaged or of another version is seen: eight
/// letters, then little-endian the version (4 bytes), a count (4), and a checksum of everything but itself (8, FNV-1a).
struct StateFormat {
    /// Bytes before the contents.
    static let header = 24
    private static let checksum = 16..<24

    private let magic: [UInt8]
    private let version: UInt32

    /// - Parameter magic: eight letters.
    init(magic: StaticString, version: UInt32) {
        self.magic = magic.withUTF8Buffer { Array($0) }
        self.version = version
    }

    /// A file without contents yet, which ``seal(_:count:)`` ends.
    func begin() -> [UInt8] {
        var bytes = magic
        withUnsafeBytes(of: version.littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: repeatElement(0, count: 12))
        return bytes
    }

    /// Ends a file.
    /// - Parameter count: what it has of whatever is in it.
    func seal(_ bytes: inout [UInt8], count: UInt32) {
        withUnsafeBytes(of: count.littleEndian) { bytes.replaceSubrange(12..<16, with: $0) }
        withUnsafeBytes(of: Self.sum(bytes).littleEndian) { bytes.replaceSubrange(Self.checksum, with: $0) }
    }

    /// The count of a file; nil if it is not one of these, or damaged.
    func count(of bytes: [UInt8]) -> UInt32? {
        guard bytes.count >= Self.header, bytes.starts(with: magic) else { return nil }
        return bytes.withUnsafeBytes { raw in
            func number<T: FixedWidthInteger>(_ offset: Int, _ type: T.Type) -> T {
                T(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: type))
            }
            guard number(8, UInt32.self) == version, number(16, UInt64.self) == Self.sum(bytes) else { return nil }
            return number(12, UInt32.self)
        }
    }

    /// FNV-1a, 64 bits, of everything but the checksum itself.
    private static func sum(_ bytes: [UInt8]) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for (index, byte) in bytes.enumerated() where !checksum.contains(index) {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        return hash
    }
}
