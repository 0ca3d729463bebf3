// What a command's documents have of values.
extension MongoParser {
    /// The values of a message: of its command, and of the documents in its lists.
    func addValues(_ header: MongoHeader, _ bytes: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        guard header.kind == .message else { return }
        var place = 20
        // A list has a length and a name in front of its documents; what is behind it is at its place in any case.
        while place + 1 < bytes.count {
            let section = UnsafeRawBufferPointer(rebasing: bytes[(place + 1)...])
            guard let length = BSONReader.length(section) else { return }
            if bytes[place] == 0 {
                add(document: section, in: &exchanges)
            } else if bytes[place] == 1 {
                let list = section.prefix(length).dropFirst(4)
                guard let end = list.firstIndex(of: 0) else { return }
                var documents = UnsafeRawBufferPointer(rebasing: list[(end + 1)...])
                while let length = BSONReader.length(documents) {
                    add(document: documents, in: &exchanges)
                    documents = UnsafeRawBufferPointer(rebasing: documents.dropFirst(length))
                }
            } else {
                return
            }
            place += 1 + length
        }
    }

    /// The values of a document and of those in it, however deep: what is nested is read on as elements, since nothing but
    /// its length is in front of it.
    private func add(document: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        guard let length = BSONReader.length(document) else { return }
        let bytes = UnsafeRawBufferPointer(rebasing: document.prefix(length))
        var place = 4
        while place < bytes.count {
            let type = bytes[place]
            place += 1
            // The end of a document.
            if type == 0 { continue }
            guard let end = bytes[place...].firstIndex(of: 0) else { return }
            let name = UnsafeRawBufferPointer(rebasing: bytes[place..<end])
            let value = UnsafeRawBufferPointer(rebasing: bytes[(end + 1)...])
            guard let size = BSONReader.size(of: type, value) else { return }
            let isIgnored =
                name.first == UInt8(ascii: "$") || name.elementsEqual("lsid".utf8) || exchanges.values.ignored.has(name)
            place = end + 1
            if type == 3 || type == 4, !isIgnored {
                place += 4
                continue
            }
            place += size
            if !isIgnored { add(type, UnsafeRawBufferPointer(rebasing: value.prefix(size)), size, in: &exchanges) }
        }
    }

    private func add(_ type: UInt8, _ value: UnsafeRawBufferPointer, _ size: Int, in exchanges: inout ExchangeTable) {
        let isCut = value.count < size
        switch type {
        case 0x02:
            let text = isCut ? value.dropFirst(4) : value.dropFirst(4).dropLast()
            exchanges.addValues(text: UnsafeRawBufferPointer(rebasing: text), isCut: isCut, to: request)
        case 0x05 where !isCut && size == 21:
            exchanges.addValues(hexadecimal: UnsafeRawBufferPointer(rebasing: value[5...]), to: request)
        case 0x07 where !isCut: exchanges.addValues(hexadecimal: value, to: request)
        case 0x10 where !isCut:
            exchanges.addValues(number: Int64(Int32(bitPattern: MongoHeader.number(value, at: 0))), to: request)
        case 0x12 where !isCut:
            exchanges.addValues(number: Int64(littleEndian: value.loadUnaligned(as: Int64.self)), to: request)
        default: break
        }
    }
}
