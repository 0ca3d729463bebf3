/// The values of a series' labels, one after the other, each cut to ``mostBytes``.
struct SeriesKey: Hashable, Sendable {
    /// Most bytes of a value: what a label holds (``LabelText``).
    static let mostBytes = 256

    private var bytes: [UInt8] = []

    /// No values.
    init() {}

    /// Forgets all and keeps the memory.
    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// Adds a value.
    mutating func append(_ value: UnsafeRawBufferPointer) {
        let part = value.prefix(Self.mostBytes)
        // Before the bytes, so that no value can be mistaken for two.
        bytes.append(UInt8(truncatingIfNeeded: part.count))
        bytes.append(UInt8(truncatingIfNeeded: part.count >> 8))
        bytes.append(contentsOf: part)
    }

    /// Adds a value.
    mutating func append(_ value: String) {
        var value = value
        value.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Adds a value that is written in the source.
    mutating func append(_ value: StaticString) {
        append(UnsafeRawBufferPointer(start: value.utf8Start, count: value.utf8CodeUnitCount))
    }

    /// The values; what is not UTF-8 is replaced.
    var texts: [String] {
        var texts: [String] = []
        var rest = bytes[...]
        while rest.count >= 2 {
            let count = Int(rest[rest.startIndex]) | Int(rest[rest.startIndex + 1]) << 8
            rest = rest.dropFirst(2)
            texts.append(String(decoding: rest.prefix(count), as: UTF8.self))
            rest = rest.dropFirst(count)
        }
        return texts
    }
}
