/// The texts of the statements that a connection has prepared, by what names them. Bounded: what was used longest ago goes
/// first, which is counted.
struct StatementMemory {
    /// Most statements of one connection.
    static let maximumCount = 256
    /// Most bytes of their texts.
    static let maximumBytes = 256 << 10

    private struct Entry {
        /// The first bytes of the text, then the last ones where the middle is missing.
        var bytes: [UInt8] = []
        var headCount = 0
        /// Whether the middle is missing.
        var isCut = false
        var lastUse: UInt64 = 0
    }

    private var keys: ContiguousArray<UInt64> = []
    private var entries: ContiguousArray<Entry> = []
    private var size = 0
    private var uses: UInt64 = 0

    /// None.
    init() {}

    /// Whether there is a text by this name.
    func contains(_ key: UInt64) -> Bool { keys.contains(key) }

    /// Keeps the beginning of a text, in place of what had its name before.
    mutating func remember(_ key: UInt64, _ text: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        let text = text.prefix(FieldBuffer.maximumValue)
        var place = keys.firstIndex(of: key)
        let former = place.map { entries[$0].bytes.count } ?? 0
        while size - former + text.count > StatementMemory.maximumBytes
            || (place == nil && keys.count >= StatementMemory.maximumCount),
            let oldest = oldest(besides: key)
        {
            exchanges.count(.tableFull)
            remove(at: oldest, in: &exchanges)
            place = keys.firstIndex(of: key)
        }
        if let place {
            exchanges.unreserve(former)
            size -= former
            entries[place].bytes.removeAll(keepingCapacity: true)
        }
        guard exchanges.reserve(text.count) else {
            exchanges.count(.tableFull)
            if let place { drop(at: place) }
            return
        }
        uses += 1
        let index = place ?? keys.count
        if place == nil {
            keys.append(key)
            entries.append(Entry())
        }
        entries[index].bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: text))
        entries[index].headCount = text.count
        entries[index].isCut = false
        entries[index].lastUse = uses
        size += text.count
    }

    /// Keeps the end of a text of which the beginning has been kept and the middle is missing.
    mutating func rememberEnd(_ key: UInt64, _ tail: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        guard let place = keys.firstIndex(of: key) else { return }
        entries[place].isCut = true
        guard size + tail.count <= StatementMemory.maximumBytes, exchanges.reserve(tail.count) else { return }
        entries[place].bytes.append(contentsOf: tail)
        size += tail.count
    }

    /// Gives a text another name, in place of what had that name before.
    mutating func rename(_ key: UInt64, to name: UInt64, in exchanges: inout ExchangeTable) {
        guard key != name else { return }
        forget(name, in: &exchanges)
        if let place = keys.firstIndex(of: key) { keys[place] = name }
    }

    /// Keeps a text under a second name.
    mutating func copy(_ key: UInt64, to name: UInt64, in exchanges: inout ExchangeTable) {
        guard let place = keys.firstIndex(of: key) else { return forget(name, in: &exchanges) }
        let (bytes, count, isCut) = (entries[place].bytes, entries[place].headCount, entries[place].isCut)
        bytes.withUnsafeBytes {
            remember(name, UnsafeRawBufferPointer(rebasing: $0[..<count]), in: &exchanges)
            if isCut { rememberEnd(name, UnsafeRawBufferPointer(rebasing: $0[count...]), in: &exchanges) }
        }
    }

    /// Adds a text to an exchange: what is known of it.
    ///
    /// - Returns: whether it is known.
    @discardableResult
    mutating func add(_ key: UInt64, to handle: ExchangeHandle, in exchanges: inout ExchangeTable) -> Bool {
        guard let place = keys.firstIndex(of: key) else { return false }
        uses += 1
        entries[place].lastUse = uses
        let (count, isCut) = (entries[place].headCount, entries[place].isCut)
        entries[place].bytes.withUnsafeBytes {
            exchanges.add(
                .statement, .sqlComment, value: UnsafeRawBufferPointer(rebasing: $0[..<count]), to: handle)
            let tail = UnsafeRawBufferPointer(rebasing: $0[count...])
            if isCut { exchanges.add(.statementEnd, .sqlComment, value: tail, to: handle) }
        }
        return true
    }

    /// Forgets a text.
    mutating func forget(_ key: UInt64, in exchanges: inout ExchangeTable) {
        if let place = keys.firstIndex(of: key) { remove(at: place, in: &exchanges) }
    }

    /// Forgets all of them.
    mutating func removeAll(in exchanges: inout ExchangeTable) {
        exchanges.unreserve(size)
        size = 0
        keys = []
        entries = []
    }

    private func oldest(besides key: UInt64) -> Int? {
        var oldest: Int?
        for place in keys.indices where keys[place] != key {
            if oldest.map({ entries[place].lastUse < entries[$0].lastUse }) ?? true { oldest = place }
        }
        return oldest
    }

    private mutating func remove(at place: Int, in exchanges: inout ExchangeTable) {
        exchanges.unreserve(entries[place].bytes.count)
        size -= entries[place].bytes.count
        drop(at: place)
    }

    private mutating func drop(at place: Int) {
        keys.swapAt(place, keys.count - 1)
        entries.swapAt(place, entries.count - 1)
        keys.removeLast()
        entries.removeLast()
    }
}
