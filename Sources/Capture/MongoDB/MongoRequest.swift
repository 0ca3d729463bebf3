/// What a request says, as far as its bytes are known. Everything is borrowed from them.
struct MongoRequest {
    /// The command; empty when it is not known.
    var name = UnsafeRawBufferPointer(start: nil, count: 0)
    /// The collection that it is about; empty for none.
    var collection = UnsafeRawBufferPointer(start: nil, count: 0)
    /// The database; empty when it is not known.
    var database = UnsafeRawBufferPointer(start: nil, count: 0)
    /// How many documents or operations are in it; nil when that is not known.
    var batch: UInt64?
    /// Whether nobody answers it.
    var isOneWay = false
    /// Whether it is of interest only if it fails.
    var isSilent = false
    /// How its contents are compressed: the number of the compressor.
    var compressor: UInt8?

    /// Bytes in a message's flags: of a checksum at its end, and of more messages to come.
    static let flags: (checksum: UInt32, moreToCome: UInt32) = (1, 2)

    /// Reads a message.
    init(_ header: MongoHeader, _ bytes: UnsafeRawBufferPointer) {
        switch header.kind {
        case .message: readMessage(header, bytes)
        case .query: readQuery(bytes)
        case .compressed: compressor = bytes.count > 24 ? bytes[24] : nil
        case .insert: readOld("insert", bytes)
        case .update: readOld("update", bytes)
        case .delete: readOld("delete", bytes)
        case .killCursors:
            name = MongoRequest.bytes("killCursors")
            isOneWay = true
        case .getMore:
            readOld("getMore", bytes)
            isOneWay = false
        case .reply: break
        }
    }

    /// A message's sections, one after the other: the command, and lists of documents.
    private mutating func readMessage(_ header: MongoHeader, _ bytes: UnsafeRawBufferPointer) {
        let flags = MongoHeader.number(bytes, at: 16)
        isOneWay = flags & MongoRequest.flags.moreToCome != 0
        let end = Int(header.length) - (flags & MongoRequest.flags.checksum != 0 ? 4 : 0)
        let known = UnsafeRawBufferPointer(rebasing: bytes.prefix(end))
        var place = 20
        while place < known.count {
            let section = UnsafeRawBufferPointer(rebasing: known[(place + 1)...])
            guard let length = BSONReader.length(section) else { return }
            if known[place] == 0 {
                readCommand(section)
            } else if known[place] == 1 {
                readList(UnsafeRawBufferPointer(rebasing: section.prefix(length)), isWhole: section.count >= length)
            } else {
                return
            }
            place += 1 + length
        }
    }

    private mutating func readCommand(_ document: UnsafeRawBufferPointer) {
        var reader = BSONReader(document)
        guard var first = reader.next(), first.isWhole || !first.isA(.document) else { return }
        if first.name.first == UInt8(ascii: "$") || first.isNamed("query"), first.isA(.document) {
            // The old way of wrapping a command: {$query: {isMaster: 1}, ...}.
            var inner = BSONReader(first.value)
            guard let wrapped = inner.next() else { return }
            first = wrapped
        }
        guard MongoCommandName.isName(first.name) else { return }
        name = first.name
        isSilent = MongoCommandName.isSilent(name)
        if first.isA(.string), first.isWhole, MongoCommandName.isOnCollection(name) { collection = first.value }
        while let element = reader.next() {
            if element.isA(.string), element.isWhole {
                if element.isNamed("$db") { database = element.value }
                if collection.isEmpty, element.isNamed("collection") { collection = element.value }
            } else if element.isA(.array), element.isWhole, MongoCommandName.isBatch(element.name) {
                var list = BSONReader(element.value)
                var count: UInt64 = 0
                while list.next() != nil { count += 1 }
                if list.isComplete { batch = count }
            }
        }
    }

    /// A section that has a name and documents.
    private mutating func readList(_ section: UnsafeRawBufferPointer, isWhole: Bool) {
        guard isWhole, let end = section.dropFirst(4).firstIndex(of: 0),
            MongoCommandName.isBatch(UnsafeRawBufferPointer(rebasing: section[4..<end]))
        else { return }
        var rest = UnsafeRawBufferPointer(rebasing: section[(end + 1)...])
        var count: UInt64 = 0
        while !rest.isEmpty {
            guard let length = BSONReader.length(rest), length <= rest.count else { return }
            rest = UnsafeRawBufferPointer(rebasing: rest[length...])
            count += 1
        }
        batch = count
    }

    /// A query, as it was before there were messages: a command where its collection is `$cmd`.
    private mutating func readQuery(_ bytes: UnsafeRawBufferPointer) {
        guard let end = readNamespace(bytes) else { return }
        if collection.elementsEqual("$cmd".utf8) {
            collection = UnsafeRawBufferPointer(rebasing: collection[..<0])
            // How many to skip, and how many to return.
            guard bytes.count > end + 8 else { return }
            readCommand(UnsafeRawBufferPointer(rebasing: bytes[(end + 8)...]))
        } else {
            name = MongoRequest.bytes("find")
        }
    }

    private mutating func readOld(_ operation: StaticString, _ bytes: UnsafeRawBufferPointer) {
        name = MongoRequest.bytes(operation)
        isOneWay = true
        _ = readNamespace(bytes)
    }

    /// Reads `database.collection`.
    ///
    /// - Returns: where what follows it begins; nil when not all of it is known.
    private mutating func readNamespace(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard bytes.count > 20, let end = bytes[20...].firstIndex(of: 0),
            let point = bytes[20..<end].firstIndex(of: UInt8(ascii: "."))
        else { return nil }
        database = UnsafeRawBufferPointer(rebasing: bytes[20..<point])
        collection = UnsafeRawBufferPointer(rebasing: bytes[(point + 1)..<end])
        return end + 1
    }

    private static func bytes(_ text: StaticString) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }
}
