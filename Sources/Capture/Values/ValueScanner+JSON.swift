extension ValueScanner {
    /// Strings and numbers in JSON (RFC 8259), names left out. What is none is passed over byte by byte.
    func json(_ bytes: UnsafeRawBufferPointer, isCut: Bool = false, into set: inout ValueSet) {
        var place = 0
        var depth = 0
        // Below which depth all is left out, and whether the next value is.
        var ignoredDepth = Int.max
        var ignoresNext = false
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "\""):
                guard let end = ValueScanner.endOfString(bytes, from: place + 1) else { return }
                let string = UnsafeRawBufferPointer(rebasing: bytes[(place + 1)..<end])
                place = end + 1
                while place < bytes.count, bytes[place] == 0x20 || (0x09...0x0D).contains(bytes[place]) { place += 1 }
                if place < bytes.count, bytes[place] == UInt8(ascii: ":") {
                    ignoresNext = !ignored.isEmpty && ignored.has(string)
                    place += 1
                } else if place < bytes.count || !isCut {
                    if !ignoresNext, depth < ignoredDepth { words(string, .backslash, into: &set) }
                    ignoresNext = false
                }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                if ignoresNext, depth < ignoredDepth { ignoredDepth = depth }
                ignoresNext = false
                place += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == ignoredDepth { ignoredDepth = .max }
                depth -= 1
                ignoresNext = false
                place += 1
            case 0x30...0x39:
                let start = place
                while place < bytes.count, ByteKind.of(bytes[place]) != 0 { place += 1 }
                if !ignoresNext, depth < ignoredDepth {
                    let number = UnsafeRawBufferPointer(rebasing: bytes[start..<place])
                    words(number, .none, isCut: isCut && place == bytes.count, into: &set)
                }
                ignoresNext = false
            case UInt8(ascii: ","):
                ignoresNext = false
                place += 1
            default: place += 1
            }
        }
    }

    /// Where the quotation mark is that ends a string.
    private static func endOfString(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var place = start
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "\"") { return place }
            place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
        }
        return nil
    }
}
