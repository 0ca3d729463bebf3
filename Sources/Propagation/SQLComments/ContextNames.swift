/// The names that a part of a trace context stands under, to be found without making a String.
struct ContextNames: Sendable {
    private static let known: ContiguousArray<[UInt8]> = ContiguousArray(
        Set(Propagator.allCases.flatMap(\.names)).sorted().map { Array($0.utf8) })

    private let names: ContiguousArray<[UInt8]>
    /// For each length below 64, whether a name has it.
    private var lengths: UInt64 = 0

    /// Those of all dialects, and others.
    init(others: [String] = []) {
        let others = others.filter { (1..<64).contains($0.utf8.count) }
        names =
            others.isEmpty
            ? ContextNames.known : ContextNames.known + others.map { name in name.utf8.map(ContextNames.lowerCase) }
        for name in names where name.count < 64 { lengths |= 1 << UInt64(name.count) }
    }

    /// Whether this is one of them, whatever its case.
    func contains(_ key: UnsafeRawBufferPointer) -> Bool {
        guard key.count < 64, lengths & 1 << UInt64(key.count) != 0 else { return false }
        return names.contains { name in
            guard name.count == key.count else { return false }
            for index in 0..<name.count where ContextNames.lowerCase(key[index]) != name[index] { return false }
            return true
        }
    }

    private static func lowerCase(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
