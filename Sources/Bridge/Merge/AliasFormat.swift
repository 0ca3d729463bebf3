internal import OTLP

/// The bytes of an ``AliasFile``.
enum AliasFormat {
    /// Bytes before the first entry, and of each.
    static let header = 24
    static let entry = 48

    private static let magic = Array("ISPALIAS".utf8)
    private static let version: UInt32 = 1
    private static let checksum = 16..<24

    /// A file with these entries.
    static func encode(_ entries: [AliasFile.Entry]) -> [UInt8] {
        var bytes = magic
        bytes.reserveCapacity(header + entries.count * entry)
        append(version.littleEndian, to: &bytes)
        append(UInt32(clamping: entries.count).littleEndian, to: &bytes)
        append(UInt64(0), to: &bytes)
        for entry in entries {
            append(entry.alias.high.bigEndian, to: &bytes)
            append(entry.alias.low.bigEndian, to: &bytes)
            append(entry.trace.high.bigEndian, to: &bytes)
            append(entry.trace.low.bigEndian, to: &bytes)
            append(entry.rootParentSpanID.bigEndian, to: &bytes)
            append(entry.expiry.littleEndian, to: &bytes)
        }
        withUnsafeBytes(of: sum(bytes).littleEndian) { bytes.replaceSubrange(checksum, with: $0) }
        return bytes
    }

    /// The entries of a file; nil if it is none, or damaged.
    static func decode(_ bytes: [UInt8]) -> [AliasFile.Entry]? {
        guard bytes.count >= header, bytes.starts(with: magic) else { return nil }
        return bytes.withUnsafeBytes { raw in
            func word(_ offset: Int) -> UInt64 { raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
            func half(_ offset: Int) -> UInt32 {
                UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            }
            func trace(_ offset: Int) -> TraceID {
                TraceID(high: UInt64(bigEndian: word(offset)), low: UInt64(bigEndian: word(offset + 8)))
            }
            guard half(8) == version, raw.count == header + Int(half(12)) * entry,
                UInt64(littleEndian: word(checksum.lowerBound)) == sum(bytes)
            else { return nil }
            let entries = stride(from: header, to: raw.count, by: entry).map { offset in
                AliasFile.Entry(
                    alias: trace(offset), trace: trace(offset + 16),
                    rootParentSpanID: UInt64(bigEndian: word(offset + 32)),
                    expiry: UInt64(littleEndian: word(offset + 40)))
            }
            let none = TraceID(high: 0, low: 0)
            return entries.contains { $0.alias == none || $0.trace == none } ? nil : entries
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

    private static func append<T: FixedWidthInteger>(_ value: T, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
    }
}
