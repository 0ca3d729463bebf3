import Capture

/// The hashes of one exchange's values.
struct ValueHashes {
    private var hashes = InlineArray<64, UInt64>(repeating: 0)
    private(set) var count = 0

    /// None.
    init() {}

    /// Those that an exchange brings, if any (``FieldKey/values``).
    init(of exchange: borrowing Exchange, in fields: borrowing FieldBuffer) {
        guard let field = fields.first(.values, in: exchange.fields) else { return }
        fields.withBytes(of: field.value) { bytes in
            var offset = 0
            while offset + 8 <= bytes.count {
                add(ValueHash(bits: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
                offset += 8
            }
        }
    }

    /// These, as far as there is room.
    init(_ hashes: [ValueHash]) {
        for hash in hashes { add(hash) }
    }

    subscript(index: Int) -> ValueHash { ValueHash(bits: hashes[index]) }

    private mutating func add(_ hash: ValueHash) {
        guard count < min(hashes.count, FieldBuffer.maximumHashes) else { return }
        hashes[count] = hash.bits
        count += 1
    }
}
