/// Reads JSON in one pass, for the few members that matter; everything else is skipped. The bytes are a stranger's:
/// nothing is read beyond them, and nesting is bounded.
struct JSONReader {
    private static let deepest = 64

    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var depth = 0

    /// Reads from the first of the bytes.
    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Reads an object. For each member its value is to be read or skipped by `member`, which says whether that went
    /// well. False when it is no object or something went wrong.
    mutating func object(_ member: (inout JSONReader, String) -> Bool) -> Bool {
        guard open(UInt8(ascii: "{")) else { return false }
        if close(UInt8(ascii: "}")) { return true }
        repeat {
            guard let key = string(), take(UInt8(ascii: ":")), member(&self, key) else { return false }
        } while take(UInt8(ascii: ","))
        return close(UInt8(ascii: "}"))
    }

    /// Reads an array's elements, each by `element`.
    mutating func array(_ element: (inout JSONReader) -> Bool) -> Bool {
        guard open(UInt8(ascii: "[")) else { return false }
        if close(UInt8(ascii: "]")) { return true }
        repeat { guard element(&self) else { return false } } while take(UInt8(ascii: ","))
        return close(UInt8(ascii: "]"))
    }

    /// Reads an integer, as a number or as a string, which is how protobuf's JSON has those of 64 bits.
    mutating func integer() -> Int64? {
        if next() == UInt8(ascii: "\"") { return string().flatMap { Int64($0) } }
        return Int64(String(decoding: scalar(), as: UTF8.self))
    }

    /// Reads a string; nil when there is none. Escapes are resolved, lone surrogates replaced.
    mutating func string() -> String? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        var units: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: units, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let scalar = escape() else { return nil }
                units.append(contentsOf: String(scalar).utf8)
            default: units.append(byte)
            }
        }
        return nil
    }

    /// Reads any value.
    mutating func skip() -> Bool {
        switch next() {
        case UInt8(ascii: "{"): object { reader, _ in reader.skip() }
        case UInt8(ascii: "["): array { reader in reader.skip() }
        case UInt8(ascii: "\""): string() != nil
        default: !scalar().isEmpty
        }
    }

    // MARK: Pieces

    private mutating func next() -> UInt8? {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return bytes[position]
            }
        }
        return nil
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next() == byte else { return false }
        position += 1
        return true
    }

    /// As ``take(_:)``, within a string, where white space counts.
    private mutating func literally(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func open(_ byte: UInt8) -> Bool {
        guard depth < Self.deepest, take(byte) else { return false }
        depth += 1
        return true
    }

    private mutating func close(_ byte: UInt8) -> Bool {
        guard take(byte) else { return false }
        depth -= 1
        return true
    }

    /// The letters of a number, `true`, `false` or `null`.
    private mutating func scalar() -> UnsafeRawBufferPointer {
        _ = next()
        let start = position
        scan: while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "E"),
                UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
                position += 1
            default: break scan
            }
        }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
    }

    private mutating func escape() -> Unicode.Scalar? {
        guard position < bytes.count else { return nil }
        position += 1
        switch bytes[position - 1] {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "u"):
            guard let first = hexUnit() else { return nil }
            let before = position
            if (0xD800..<0xDC00).contains(first), literally(UInt8(ascii: "\\")), literally(UInt8(ascii: "u")),
                let second = hexUnit(), (0xDC00..<0xE000).contains(second)
            {
                return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
            }
            position = before
            return Unicode.Scalar(first) ?? "\u{FFFD}"
        case let byte where byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "/"):
            return Unicode.Scalar(byte)
        default: return nil
        }
    }

    private mutating func hexUnit() -> UInt32? {
        guard bytes.count - position >= 4 else { return nil }
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else { return nil }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
