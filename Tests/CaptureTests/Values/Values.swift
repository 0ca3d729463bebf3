@testable import Capture

/// A scanner, and what it finds as sets that can be compared.
struct Values {
    let scanner: ValueScanner

    init(ignored: [String] = [], seed: UInt64 = 7) {
        var selection = ValueSelection()
        selection.isOn = true
        selection.ignored = ignored
        scanner = ValueScanner(selection, seed: seed)
    }

    /// What a scan finds in a text.
    func found(
        _ text: String, _ scan: (ValueScanner, UnsafeRawBufferPointer, inout ValueSet) -> Void
    ) -> Set<UInt64> { found(Array(text.utf8), scan) }

    /// What a scan finds in bytes.
    func found(
        _ bytes: [UInt8], _ scan: (ValueScanner, UnsafeRawBufferPointer, inout ValueSet) -> Void
    ) -> Set<UInt64> {
        var set = ValueSet()
        bytes.withUnsafeBytes { scan(scanner, $0, &set) }
        return Set(set.hashes)
    }

    /// The hashes of these words; each must be one.
    func words(_ words: String...) -> Set<UInt64> {
        words.reduce(into: []) { $0.formUnion(plain($1)) }
    }

    func plain(_ text: String) -> Set<UInt64> { found(text) { $0.words($1, .none, into: &$2) } }
    func target(_ text: String) -> Set<UInt64> { found(text) { $0.target($1, into: &$2) } }
    func form(_ text: String) -> Set<UInt64> { found(text) { $0.pairs($1, separator: 0x26, into: &$2) } }
    func json(_ text: String) -> Set<UInt64> { found(text) { $0.json($1, into: &$2) } }
    func sql(_ text: String, _ quotes: ValueScanner.DoubleQuotes = .names) -> Set<UInt64> {
        found(text) { $0.statement($1, quotes, into: &$2) }
    }
    func header(_ name: String, _ value: String) -> Set<UInt64> {
        Array(name.utf8).withUnsafeBytes { name in found(value) { $0.header(name, $1, into: &$2) } }
    }
}
