/// The names that a part of a trace context stands under, to be found without making a String.
struct ContextNames: Sendable {
    /// Those that no dialect has, in lower case.
    private let others: [[UInt8]]

    /// Those of all dialects, and others.
    init(others: [String] = []) { self.others = others.map { $0.utf8.map(\.lowerCased) } }

    /// Whether this is one of them, whatever its case.
    func contains(_ key: UnsafeRawBufferPointer) -> Bool {
        ContextName(key) != nil
            || others.contains { name in
                guard name.count == key.count, !name.isEmpty else { return false }
                for index in 0..<name.count where key[index].lowerCased != name[index] { return false }
                return true
            }
    }
}
