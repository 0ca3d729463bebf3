import Capture

/// Keeps fields of exchanges past their batch, in blocks of one size, so that memory is never fragmented and what is used
/// is known to the byte.
struct FieldStore: ~Copyable {
    /// Bytes of a block.
    static let blockSize = 256
    private static let none = UInt32.max
    /// Bytes in front of each field's name and value: key, carrier, part, and the two lengths.
    static let header = 12

    /// Blocks in use.
    private(set) var usedBlocks = 0
    private let capacity: Int
    // Pointers rather than arrays: reserved at once they cost no memory until touched, and never move.
    private let blocks: UnsafeMutablePointer<UInt8>
    private let following: UnsafeMutablePointer<UInt32>
    private var touched = 0
    private var free = FieldStore.none
    private var scratch: [UInt8] = []

    init(blocks capacity: Int) {
        self.capacity = min(max(capacity, 1), 1 << 30)
        blocks = .allocate(capacity: self.capacity * FieldStore.blockSize)
        following = .allocate(capacity: self.capacity)
    }

    deinit {
        blocks.deallocate()
        following.deallocate()
    }

    /// Blocks that the fields of an exchange take.
    static func blocks(for range: FieldRange, of buffer: borrowing FieldBuffer) -> Int {
        var bytes = 0
        for index in Int(range.start)..<Int(range.start) + Int(range.count) {
            bytes += header + Int(buffer.fields[index].name.count) + Int(buffer.fields[index].value.count)
        }
        return (bytes + blockSize - 1) / blockSize
    }

    /// Copies the fields of an exchange. There must be room.
    mutating func keep(_ range: FieldRange, of buffer: borrowing FieldBuffer) -> StoredFields {
        scratch.removeAll(keepingCapacity: true)
        for index in Int(range.start)..<Int(range.start) + Int(range.count) {
            let field = buffer.fields[index]
            scratch.append(field.key.rawValue)
            scratch.append(field.carrier.rawValue)
            withUnsafeBytes(of: field.part) { scratch.append(contentsOf: $0) }
            append(field.name.count)
            append(field.value.count)
            buffer.withBytes(of: field.name) { scratch.append(contentsOf: $0) }
            buffer.withBytes(of: field.value) { scratch.append(contentsOf: $0) }
        }
        var stored = StoredFields(first: FieldStore.none, bytes: UInt32(scratch.count), fields: range.count)
        var end = scratch.count
        // From the last block to the first, so that each knows the one that follows it.
        while end > 0 {
            let start = (end - 1) / FieldStore.blockSize * FieldStore.blockSize
            let block = take()
            let target = UnsafeMutableRawBufferPointer(
                start: blocks + Int(block) * FieldStore.blockSize, count: FieldStore.blockSize)
            scratch.withUnsafeBytes { target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<end])) }
            following[Int(block)] = stored.first
            stored.first = block
            end = start
        }
        return stored
    }

    /// Copies the fields back into a buffer and forgets them.
    mutating func release(_ stored: StoredFields, into buffer: inout FieldBuffer) -> FieldRange {
        scratch.removeAll(keepingCapacity: true)
        var block = stored.first
        while block != FieldStore.none {
            let count = min(FieldStore.blockSize, Int(stored.bytes) - scratch.count)
            scratch.append(
                contentsOf: UnsafeBufferPointer(start: blocks + Int(block) * FieldStore.blockSize, count: count))
            let next = following[Int(block)]
            following[Int(block)] = free
            free = block
            usedBlocks -= 1
            block = next
        }
        let start = UInt32(buffer.fields.count)
        scratch.withUnsafeBytes { bytes in
            var offset = 0
            while offset + FieldStore.header <= bytes.count {
                let part = bytes.loadUnaligned(fromByteOffset: offset + 2, as: UInt16.self)
                let name = Int(bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self))
                let value = Int(bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt32.self))
                let content = UnsafeRawBufferPointer(rebasing: bytes[(offset + FieldStore.header)...])
                if let key = FieldKey(rawValue: bytes[offset]), let carrier = Carrier(rawValue: bytes[offset + 1]) {
                    buffer.append(
                        key, carrier, part: part, name: UnsafeRawBufferPointer(rebasing: content[0..<name]),
                        value: UnsafeRawBufferPointer(rebasing: content[name..<name + value]))
                }
                offset += FieldStore.header + name + value
            }
        }
        return FieldRange(start: start, count: stored.fields)
    }

    private mutating func append(_ number: UInt32) {
        withUnsafeBytes(of: number) { scratch.append(contentsOf: $0) }
    }

    private mutating func take() -> UInt32 {
        usedBlocks += 1
        if free != FieldStore.none {
            let block = free
            free = following[Int(block)]
            return block
        }
        precondition(touched < capacity)
        touched += 1
        return UInt32(touched - 1)
    }
}

/// Fields of one exchange in a ``FieldStore``.
struct StoredFields {
    /// Its first block.
    var first: UInt32
    /// Bytes in all blocks.
    var bytes: UInt32
    /// How many fields they are.
    var fields: UInt32
}
