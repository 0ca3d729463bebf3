/// Walks over values of the Hessian 2.0 serialization (http://hessian.caucho.com/doc/hessian-serialization.html) without
/// keeping any of them.
struct HessianReader {
    /// How deep values may lie in one another.
    private static let deepest = 64
    /// Most definitions of classes in one message.
    private static let mostClasses = 256

    /// What is left.
    private(set) var rest: UnsafeRawBufferPointer
    /// How many fields the objects of each class that was defined have.
    private var fields: [Int] = []

    /// A reader of bytes, for as long as they live.
    init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

    /// The next byte, which is left.
    var next: UInt8? { rest.first }

    /// Whether a text, in one piece, may begin with this byte.
    static func beginsText(_ tag: UInt8) -> Bool { tag <= 0x1F || (0x30...0x33).contains(tag) || tag == 0x53 }

    /// A text that lies in one piece; nil, and nothing read, when it does not, or when something else comes. An absent
    /// one (null) is empty.
    mutating func text() -> UnsafeRawBufferPointer? {
        guard let tag = rest.first else { return nil }
        let (header, length): (Int, Int)
        switch tag {
        case 0x4E: (header, length) = (1, 0)
        case 0x00...0x1F: (header, length) = (1, Int(tag))
        case 0x30...0x33 where rest.count >= 2: (header, length) = (2, Int(tag - 0x30) << 8 | Int(rest[1]))
        case 0x53 where rest.count >= 3: (header, length) = (3, Int(rest[1]) << 8 | Int(rest[2]))
        default: return nil
        }
        guard let bytes = HessianReader.characters(length, in: rest, from: header) else { return nil }
        defer { drop(header + bytes) }
        return UnsafeRawBufferPointer(rebasing: rest[header..<(header + bytes)])
    }

    /// The name of the class whose definition comes next; nil when none does. Nothing else of it is read.
    mutating func className() -> UnsafeRawBufferPointer? {
        guard rest.first == 0x43 else { return nil }
        drop(1)
        return text()
    }

    /// A small number in one byte; nil when something else comes.
    mutating func smallNumber() -> Int? {
        guard let tag = rest.first, tag >= 0x80, tag <= 0xBF else { return nil }
        drop(1)
        return Int(tag) - 0x90
    }

    /// Passes over what begins a map, and its type if it has one: names and values come next, then `Z`.
    mutating func enterMap() {
        let isTyped = rest.first == 0x4D
        drop(1)
        if isTyped { _ = type() }
    }

    /// Passes over a value; false when it is none, or not all of it is there.
    mutating func skip() -> Bool {
        withUnsafeTemporaryAllocation(of: Int.self, capacity: HessianReader.deepest) { open in
            // Each entry: how many values are left in a composite; below zero, they go on until an end.
            open[0] = 1
            var depth = 1
            while depth > 0 {
                if open[depth - 1] == 0 {
                    depth -= 1
                    continue
                }
                if open[depth - 1] < 0, rest.first == 0x5A {
                    drop(1)
                    depth -= 1
                    continue
                }
                let isDefinition = rest.first == 0x43
                guard let values = value() else { return false }
                // A definition stands in front of a value and is none itself.
                if open[depth - 1] > 0, !isDefinition { open[depth - 1] -= 1 }
                guard values != 0 else { continue }
                guard depth < HessianReader.deepest else { return false }
                open[depth] = values
                depth += 1
            }
            return true
        }
    }

    /// Passes over what begins a value: of one that is not composite all. How many values lie in it; below zero for as many
    /// as come before an end; nil when it is none.
    private mutating func value() -> Int? {
        guard let tag = rest.first else { return nil }
        switch tag {
        case 0x00...0x1F, 0x30...0x33: return text() == nil ? nil : 0
        case 0x52, 0x53: return chunks(of: 0x52, last: 0x53, areCharacters: true) ? 0 : nil
        case 0x20...0x2F: return dropped(1 + Int(tag - 0x20))
        case 0x34...0x37:
            guard rest.count >= 2 else { return nil }
            return dropped(2 + Int(tag - 0x34) << 8 + Int(rest[1]))
        case 0x41, 0x42: return chunks(of: 0x41, last: 0x42, areCharacters: false) ? 0 : nil
        case 0x38...0x3F, 0xD0...0xD7, 0x5E: return dropped(3)
        case 0x44, 0x4A, 0x4C: return dropped(9)
        case 0x49, 0x4B, 0x59, 0x5F: return dropped(5)
        case 0x46, 0x4E, 0x54, 0x5B, 0x5C, 0x80...0xBF, 0xD8...0xEF: return dropped(1)
        case 0x5D, 0xC0...0xCF, 0xF0...0xFF: return dropped(2)
        case 0x51:
            drop(1)
            return number() == nil ? nil : 0
        case 0x43: return definition() ? 0 : nil
        case 0x48, 0x57: return dropped(1) == nil ? nil : -1
        case 0x4D, 0x55:
            drop(1)
            return type() ? -1 : nil
        case 0x56:
            drop(1)
            return type() ? number() : nil
        case 0x58:
            drop(1)
            return number()
        case 0x70...0x77:
            drop(1)
            return type() ? Int(tag - 0x70) : nil
        case 0x78...0x7F:
            drop(1)
            return Int(tag - 0x78)
        case 0x4F:
            drop(1)
            return number().flatMap { $0 < fields.count ? fields[$0] : nil }
        case 0x60...0x6F:
            drop(1)
            let index = Int(tag - 0x60)
            return index < fields.count ? fields[index] : nil
        default: return nil
        }
    }

    /// A class and the names of its fields.
    private mutating func definition() -> Bool {
        drop(1)
        guard fields.count < HessianReader.mostClasses, text() != nil, let count = number(), count <= rest.count else {
            return false
        }
        for _ in 0..<count where text() == nil { return false }
        fields.append(count)
        return true
    }

    /// The name of a type, or the number of one that came before.
    private mutating func type() -> Bool { text() != nil || number() != nil }

    /// An int that is not below zero.
    private mutating func number() -> Int? {
        guard let tag = rest.first else { return nil }
        let number: Int
        switch tag {
        case 0x80...0xBF:
            number = Int(tag) - 0x90
            drop(1)
        case 0xC0...0xCF where rest.count >= 2:
            number = (Int(tag) - 0xC8) << 8 + Int(rest[1])
            drop(2)
        case 0xD0...0xD7 where rest.count >= 3:
            number = (Int(tag) - 0xD4) << 16 + Int(rest[1]) << 8 + Int(rest[2])
            drop(3)
        case 0x49 where rest.count >= 5:
            number = Int(Int32(bigEndian: rest.loadUnaligned(fromByteOffset: 1, as: Int32.self)))
            drop(5)
        default: return nil
        }
        return number >= 0 ? number : nil
    }

    /// Text or bytes in several pieces.
    private mutating func chunks(of more: UInt8, last: UInt8, areCharacters: Bool) -> Bool {
        while let tag = rest.first {
            // What ends it may be a short one as well.
            if tag != more, tag != last {
                guard areCharacters ? text() != nil : (0x20...0x2F).contains(tag) || (0x34...0x37).contains(tag) else {
                    return false
                }
                return areCharacters || value() != nil
            }
            guard rest.count >= 3 else { return false }
            let length = Int(rest[1]) << 8 | Int(rest[2])
            guard let bytes = areCharacters ? HessianReader.characters(length, in: rest, from: 3) : length,
                dropped(3 + bytes) != nil
            else { return false }
            if tag == last { return true }
        }
        return false
    }

    /// How many bytes so many characters have: units of UTF-16, each or each pair of them in UTF-8.
    private static func characters(_ count: Int, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var (left, index) = (count, start)
        while left > 0 {
            guard index < bytes.count else { return nil }
            switch bytes[index] {
            case 0x00...0x7F: index += 1
            case 0xC0...0xDF: index += 2
            case 0xE0...0xEF: index += 3
            case 0xF0...0xF7:
                index += 4
                left -= 1
            default: return nil
            }
            left -= 1
        }
        return left == 0 && index <= bytes.count ? index - start : nil
    }

    private mutating func drop(_ count: Int) {
        rest = UnsafeRawBufferPointer(rebasing: rest[min(count, rest.count)...])
    }

    private mutating func dropped(_ count: Int) -> Int? {
        guard count <= rest.count else { return nil }
        drop(count)
        return 0
    }
}
