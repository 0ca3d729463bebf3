/// Finds headers by name, in any case, without making a String of each: names are sorted by length, and a mask of first
/// letters tells at once that most are not wanted.
struct HeaderMatcher {
    /// What a header is wanted for.
    enum Use: Equatable {
        /// It goes into a field of its own.
        case field(FieldKey)
        /// It goes into a field with its name.
        case named(FieldKey)
        /// It says how long the message's body is.
        case contentLength
        /// It says how the message's body is framed.
        case transferEncoding
        /// It says how the message's body is compressed.
        case contentEncoding
        /// It names what is spoken next.
        case upgrade
    }

    private struct Entry {
        var name: [UInt8]
        var use: Use
    }

    private var entries: ContiguousArray<Entry> = []
    /// Where the entries of each length begin; one more than the longest name has bytes, and one.
    private var starts: ContiguousArray<Int32> = []
    /// For each length, the low five bits of first bytes that occur.
    private var masks: ContiguousArray<UInt32> = []

    /// The headers that are always handed on, and those selected.
    init(_ selection: HeaderSelection) {
        var all: [Entry] = [
            Entry(name: Array("host".utf8), use: .field(.authority)),
            Entry(name: Array("user-agent".utf8), use: .field(.userAgent)),
            Entry(name: Array("content-type".utf8), use: .field(.contentType)),
            Entry(name: Array("content-length".utf8), use: .contentLength),
            Entry(name: Array("transfer-encoding".utf8), use: .transferEncoding),
            Entry(name: Array("content-encoding".utf8), use: .contentEncoding),
            Entry(name: Array("upgrade".utf8), use: .upgrade),
        ]
        for (names, key) in [
            (selection.contexts, FieldKey.context), (selection.requestIDs, .requestID), (selection.others, .header),
        ] {
            for name in names.sorted() where !name.isEmpty && name.utf8.count <= 256 {
                all.append(Entry(name: Array(name.utf8).map(lowerCase), use: .named(key)))
            }
        }
        let longest = all.map(\.name.count).max() ?? 0
        masks = ContiguousArray(repeating: 0, count: longest + 1)
        for length in 0...longest {
            starts.append(Int32(entries.count))
            for entry in all where entry.name.count == length {
                entries.append(entry)
                masks[length] |= 1 << UInt32(entry.name[0] & 31)
            }
        }
        starts.append(Int32(entries.count))
    }

    /// Calls `body` with every use that a header of this name has.
    @inline(__always)
    func match(_ name: UnsafeRawBufferPointer, _ body: (Use) -> Void) {
        guard name.count > 0, name.count < masks.count, masks[name.count] & (1 << UInt32(name[0] & 31)) != 0
        else { return }
        for index in Int(starts[name.count])..<Int(starts[name.count + 1])
        where isEqual(name, at: index) {
            body(entries[index].use)
        }
    }

    /// Whether a header of this name has any use.
    func has(_ name: UnsafeRawBufferPointer) -> Bool {
        var isKnown = false
        match(name) { _ in isKnown = true }
        return isKnown
    }

    private func isEqual(_ name: UnsafeRawBufferPointer, at index: Int) -> Bool {
        entries[index].name.withUnsafeBufferPointer { wanted in
            for place in 0..<wanted.count where lowerCase(name[place]) != wanted[place] { return false }
            return true
        }
    }
}

/// An ASCII letter in lower case; any other byte as it is.
@inline(__always)
func lowerCase(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
