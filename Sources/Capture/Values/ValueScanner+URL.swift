// Request targets, forms and cookies.
extension ValueScanner {
    /// A request target (RFC 9112, 3.2): its path and its query.
    func target(_ bytes: UnsafeRawBufferPointer, isCut: Bool = false, into set: inout ValueSet) {
        var start = 0
        if bytes.first != UInt8(ascii: "/") {
            // Scheme and authority say nothing of the request; without a path there is nothing else.
            guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon + 3 < bytes.count,
                bytes[colon + 1] == UInt8(ascii: "/"), bytes[colon + 2] == UInt8(ascii: "/"),
                let slash = bytes[(colon + 3)...].firstIndex(of: UInt8(ascii: "/"))
            else { return }
            start = slash
        }
        let path = UnsafeRawBufferPointer(rebasing: bytes[start...])
        guard let mark = path.firstIndex(of: UInt8(ascii: "?")) else {
            return words(path, .percent, isCut: isCut, into: &set)
        }
        words(UnsafeRawBufferPointer(rebasing: path[..<mark]), .percent, into: &set)
        let query = UnsafeRawBufferPointer(rebasing: path[(mark + 1)...])
        pairs(query, separator: UInt8(ascii: "&"), isCut: isCut, into: &set)
    }

    /// Pairs of a key and a value: a query, a form (`application/x-www-form-urlencoded`), or cookies (RFC 6265, 4.2).
    func pairs(
        _ bytes: UnsafeRawBufferPointer, separator: UInt8, isCut: Bool = false, into set: inout ValueSet
    ) {
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: separator) ?? bytes.count
            let pair = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            start = end + 1
            let isLast = isCut && end == bytes.count
            guard let sign = pair.firstIndex(of: UInt8(ascii: "=")) else {
                words(pair, .percent, isCut: isLast, into: &set)
                continue
            }
            if !ignored.isEmpty, ignored.has(trimmed(UnsafeRawBufferPointer(rebasing: pair[..<sign]))) { continue }
            words(UnsafeRawBufferPointer(rebasing: pair[(sign + 1)...]), .percent, isCut: isLast, into: &set)
        }
    }

    /// A header that is not known to be constant.
    func header(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, into set: inout ValueSet) {
        guard !headers.has(name) else { return }
        if name.count == 6, name.elementsEqual("cookie".utf8, by: { lowerCase($0) == $1 }) {
            return pairs(value, separator: UInt8(ascii: ";"), into: &set)
        }
        words(value, .percent, into: &set)
    }
}
