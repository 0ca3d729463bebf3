import Capture

/// One thing that was learned, as it is kept.
struct ModelRecord {
    /// Which table it is of.
    enum Table: UInt8 {
        case contexts = 0
        case steps
        case operations
    }

    var table: Table
    var key: UInt64
    /// What the table keeps of it.
    var numbers: InlineArray<4, Float> = [0, 0, 0, 0]
    /// Of a step: bins that are not empty.
    var bins: [(place: UInt8, weight: Float)] = []

    var size: Int { 9 + 16 + 1 + bins.count * 5 }
}

/// Writes records.
struct ModelWriter {
    static let magic: [UInt8] = [0x49, 0x53, 0x57, 0x4D]
    static let version: UInt32 = 1
    static let header = 20

    private var records: [ModelRecord] = []

    mutating func add(_ record: ModelRecord) { records.append(record) }

    /// All of them, the most used first, as many as fit.
    func finish() -> [UInt8] {
        // What the first number says is how often it was used; a key breaks ties, so that the order is always the same.
        let sorted = records.sorted {
            $0.numbers[0] == $1.numbers[0] ? $0.key < $1.key : $0.numbers[0] > $1.numbers[0]
        }
        var body: [UInt8] = []
        var count: UInt32 = 0
        for record in sorted {
            guard ModelWriter.header + body.count + record.size <= WindowSolver.maximumModelBytes else { break }
            count += 1
            body.append(record.table.rawValue)
            ModelWriter.append(record.key, to: &body)
            for index in 0..<4 { ModelWriter.append(record.numbers[index].bitPattern, to: &body) }
            body.append(UInt8(record.bins.count))
            for bin in record.bins {
                body.append(bin.place)
                ModelWriter.append(bin.weight.bitPattern, to: &body)
            }
        }
        var bytes = ModelWriter.magic
        ModelWriter.append(ModelWriter.version, to: &bytes)
        ModelWriter.append(count, to: &bytes)
        ModelWriter.append(ModelWriter.checksum(body[...]), to: &bytes)
        return bytes + body
    }

    private static func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Tells damage; nobody who writes the file is kept from making a right one.
    static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var sum: UInt64 = UInt64(bytes.count)
        for byte in bytes { sum = Mixer.mix(sum ^ UInt64(byte)) &+ 0x9E37_79B9_7F4A_7C15 }
        return sum
    }
}

/// Reads records that were checked as a whole.
struct ModelReader {
    private let bytes: [UInt8]
    private var offset = ModelWriter.header
    private var left: UInt32

    /// Nil when the bytes are not what ``ModelWriter`` writes.
    init?(_ source: some Sequence<UInt8>) {
        var bytes: [UInt8] = []
        for byte in source {
            guard bytes.count < WindowSolver.maximumModelBytes else { return nil }
            bytes.append(byte)
        }
        guard bytes.count >= ModelWriter.header, bytes.starts(with: ModelWriter.magic) else { return nil }
        self.bytes = bytes
        left = 0
        var place = 4
        guard read(UInt32.self, at: &place) == ModelWriter.version, let count = read(UInt32.self, at: &place),
            read(UInt64.self, at: &place) == ModelWriter.checksum(bytes[ModelWriter.header...])
        else { return nil }
        left = count
    }

    /// The next record; nil after the last.
    mutating func next() -> ModelRecord? {
        guard left > 0 else { return nil }
        left -= 1
        var place = offset
        guard let number = read(UInt8.self, at: &place), let table = ModelRecord.Table(rawValue: number),
            let key = read(UInt64.self, at: &place)
        else { return nil }
        var record = ModelRecord(table: table, key: key)
        for index in 0..<4 {
            guard let weight = weight(at: &place) else { return nil }
            record.numbers[index] = weight
        }
        guard let count = read(UInt8.self, at: &place) else { return nil }
        for _ in 0..<count {
            guard let bin = read(UInt8.self, at: &place), let weight = weight(at: &place) else { return nil }
            record.bins.append((bin, weight))
        }
        offset = place
        return record
    }

    /// A number that can have been counted.
    private func weight(at place: inout Int) -> Float? {
        guard let bits = read(UInt32.self, at: &place) else { return nil }
        let number = Float(bitPattern: bits)
        return number >= 0 && number <= 1e18 ? number : nil
    }

    private func read<T: FixedWidthInteger>(_: T.Type, at place: inout Int) -> T? {
        let size = MemoryLayout<T>.size
        guard bytes.count - place >= size else { return nil }
        var number: T = 0
        for index in (place..<place + size).reversed() { number = (size == 1 ? 0 : number << 8) | T(bytes[index]) }
        place += size
        return number
    }
}
