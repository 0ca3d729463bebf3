/// A body that has a JSON value in each line.
struct DubboLines {
    private var rest: UnsafeRawBufferPointer

    /// The lines of a body.
    init(_ body: UnsafeRawBufferPointer) { rest = body }

    /// The next line; nil when there is none that is whole.
    mutating func next() -> UnsafeRawBufferPointer? {
        guard !rest.isEmpty else { return nil }
        let end = rest.firstIndex(of: 0x0A) ?? rest.count
        defer { rest = UnsafeRawBufferPointer(rebasing: rest[min(end + 1, rest.count)...]) }
        return trimmed(UnsafeRawBufferPointer(rebasing: rest[..<end]))
    }

    /// The next line, a text without what would need to be decoded; nil when it is none.
    mutating func text() -> UnsafeRawBufferPointer? {
        guard let line = next(), line.count >= 2, line.first == 0x22, line.last == 0x22 else { return nil }
        let text = UnsafeRawBufferPointer(rebasing: line[1..<(line.count - 1)])
        return text.contains { $0 == 0x5C || $0 == 0x22 } ? nil : text
    }

    /// Calls `body` with the name and value of each member of an object whose value is a text; stops at anything that is
    /// not that simple.
    static func members(
        of object: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void
    ) {
        guard object.first == 0x7B else { return }
        var index = 1
        while index < object.count {
            passSpace(in: object, &index)
            guard let name = string(in: object, &index) else { return }
            passSpace(in: object, &index)
            guard index < object.count, object[index] == 0x3A else { return }
            index += 1
            passSpace(in: object, &index)
            if index < object.count, object[index] == 0x22 {
                guard let value = string(in: object, &index) else { return }
                body(name, value)
                passSpace(in: object, &index)
            } else {
                // A number, true, false or null.
                while index < object.count, object[index] != 0x2C, object[index] != 0x7D {
                    guard object[index] != 0x7B, object[index] != 0x5B else { return }
                    index += 1
                }
            }
            guard index < object.count, object[index] == 0x2C else { return }
            index += 1
        }
    }

    private static func passSpace(in bytes: UnsafeRawBufferPointer, _ index: inout Int) {
        while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
    }

    private static func string(in bytes: UnsafeRawBufferPointer, _ index: inout Int) -> UnsafeRawBufferPointer? {
        guard index < bytes.count, bytes[index] == 0x22 else { return nil }
        let start = index + 1
        index = start
        while index < bytes.count, bytes[index] != 0x22 {
            guard bytes[index] != 0x5C else { return nil }
            index += 1
        }
        guard index < bytes.count else { return nil }
        index += 1
        return UnsafeRawBufferPointer(rebasing: bytes[start..<(index - 1)])
    }
}
