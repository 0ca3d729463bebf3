/// The symbols of a file that were asked for.
extension ELFFile {
    /// Where symbols lie, in the order of their names; nil for those that are not there.
    ///
    /// - Parameter isDynamic: those that the file shows to others, which nobody strips; else all of them.
    func symbols(_ names: [StaticString], isDynamic: Bool) -> [UInt64?] {
        var found = [UInt64?](repeating: nil, count: names.count)
        guard let table = sections.first(where: { $0.kind == (isDynamic ? 11 : 2) }),
            sections.indices.contains(table.link),
            let symbols = bytes(at: table.offset, count: table.size),
            let texts = bytes(at: sections[table.link].offset, count: sections[table.link].size)
        else { return found }
        var left = names.count
        // An entry: name 4, kind 1, visibility 1, section 2, value 8, size 8.
        for at in stride(from: 0, to: symbols.count - 23, by: 24) {
            guard left > 0 else { break }
            guard let name = symbols.word(at, as: UInt32.self), name != 0, symbols.word(at + 6, as: UInt16.self) != 0
            else { continue }
            for (index, wanted) in names.enumerated() where found[index] == nil && texts.hasText(wanted, at: Int(name))
            {
                found[index] = symbols.word(at + 8)
                left -= 1
            }
        }
        return found
    }
}
