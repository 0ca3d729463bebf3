/// Finds headers by name, in any case, without making a String of each: names are sorted by length, and a mask of first
/// letters tells at once that most are not wanted.
///
/// A class whose tables have nothing in them that is counted: it is asked for every header line, and whoever holds it while it
/// answers holds one reference.
final class HeaderMatcher: Sendable {
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
        /// Where in ``names`` its name begins, which is as long as those that are compared with it.
        var start: Int
        var use: Use
    }

    private let entries: ContiguousArray<Entry>
    /// All names, in lower case, one behind the other.
    private let names: ContiguousArray<UInt8>
    /// Where the entries of each length begin; one more than the longest name has bytes, and one.
    private let starts: ContiguousArray<Int32>
    /// For each length, the low five bits of first bytes that occur.
    private let masks: ContiguousArray<UInt32>

    /// The headers that are always handed on, and those selected.
    init(_ selection: HeaderSelection) {
        var all: [(name: [UInt8], use: Use)] = [
            (name: Array("host".utf8), use: .field(.authority)),
            (name: Array("user-agent".utf8), use: .field(.userAgent)),
            (name: Array("content-type".utf8), use: .field(.contentType)),
            (name: Array("content-length".utf8), use: .contentLength),
            (name: Array("transfer-encoding".utf8), use: .transferEncoding),
            (name: Array("content-encoding".utf8), use: .contentEncoding),
            (name: Array("upgrade".utf8), use: .upgrade),
        ]
        for (names, key) in [
            (selection.contexts, FieldKey.context), (selection.requestIDs, .requestID), (selection.others, .header),
        ] {
            for name in names.sorted() where !name.isEmpty && name.utf8.count <= 256 {
                all.append((name: Array(name.utf8).map(lowerCase), use: .named(key)))
            }
        }
        let longest = all.map { $0.name.count }.max() ?? 0
        var entries: ContiguousArray<Entry> = []
        var bytes: ContiguousArray<UInt8> = []
        var starts: ContiguousArray<Int32> = []
        var masks = ContiguousArray<UInt32>(repeating: 0, count: longest + 1)
        for length in 0...longest {
            starts.append(Int32(entries.count))
            for header in all where header.name.count == length {
                entries.append(Entry(start: bytes.count, use: header.use))
                bytes.append(contentsOf: header.name)
                masks[length] |= 1 << UInt32(header.name[0] & 31)
            }
        }
        starts.append(Int32(entries.count))
        self.entries = entries
        names = bytes
        self.starts = starts
        self.masks = masks
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
        let start = entries[index].start
        for place in 0..<name.count where lowerCase(name[place]) != names[start + place] { return false }
        return true
    }
}

/// An ASCII letter in lower case; any other byte as it is.
@inline(__always)
func lowerCase(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
