internal import OTLP

/// The bytes of an ``AliasFile``.
enum AliasFormat {
    /// Bytes before the first entry, and of each.
    static let header = StateFormat.header
    static let entry = 48

    private static let format = StateFormat(magic: "ISPALIAS", version: 1)

    /// A file with these entries.
    static func encode(_ entries: [AliasFile.Entry]) -> [UInt8] {
        var bytes = format.begin()
        bytes.reserveCapacity(header + entries.count * entry)
        for entry in entries {
            append(entry.alias.high.bigEndian, to: &bytes)
            append(entry.alias.low.bigEndian, to: &bytes)
            append(entry.trace.high.bigEndian, to: &bytes)
            append(entry.trace.low.bigEndian, to: &bytes)
            append(entry.rootParentSpanID.bigEndian, to: &bytes)
            append(entry.expiry.littleEndian, to: &bytes)
        }
        format.seal(&bytes, count: UInt32(clamping: entries.count))
        return bytes
    }

    /// The entries of a file; nil if it is none, or damaged.
    static func decode(_ bytes: [UInt8]) -> [AliasFile.Entry]? {
        guard let count = format.count(of: bytes) else { return nil }
        return bytes.withUnsafeBytes { raw in
            func word(_ offset: Int) -> UInt64 { raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
            func trace(_ offset: Int) -> TraceID {
                TraceID(high: UInt64(bigEndian: word(offset)), low: UInt64(bigEndian: word(offset + 8)))
            }
            guard raw.count == header + Int(count) * entry else { return nil }
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

    private static func append<T: FixedWidthInteger>(_ value: T, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
    }
}
