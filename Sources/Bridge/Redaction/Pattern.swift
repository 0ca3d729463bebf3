internal import CRE2

/// A regular expression of RE2's syntax, as the Collector's have it: found in time linear in the text. The only place where
/// RE2 is called.
final class Pattern: Sendable {
    /// What is wrong with a pattern.
    struct Mistake: Error {
        /// Bytes from its beginning to what is wrong.
        var offset: Int
        /// What is wrong, as RE2 says it.
        var message: String
    }

    /// Most bytes of a pattern's text.
    static let maximumText = 1024
    /// Most bytes that it takes once it is compiled, with the states that are built while it is used.
    static let maximumMemory: Int64 = 2 << 20

    private nonisolated(unsafe) let compiled: OpaquePointer

    /// Compiles a pattern.
    ///
    /// - Parameter memory: Most bytes that it may take.
    init(_ text: String, memory: Int64 = Pattern.maximumMemory) throws(Mistake) {
        var text = text
        var offset = 0
        var message = [CChar](repeating: 0, count: 128)
        let pointer = text.withUTF8 { text in
            text.withMemoryRebound(to: CChar.self) {
                cre2_compile($0.baseAddress, $0.count, memory, &message, message.count, &offset)
            }
        }
        guard let pointer else {
            let said = message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
            throw Mistake(offset: offset, message: String(decoding: said, as: UTF8.self))
        }
        compiled = pointer
    }

    deinit { cre2_free(compiled) }

    /// Whether it occurs in a text.
    func occurs(in text: UnsafeRawBufferPointer) -> Bool {
        text.withMemoryRebound(to: CChar.self) { cre2_matches(compiled, $0.baseAddress, $0.count) != 0 }
    }

    /// Where it occurs first, from an offset on.
    func first(in text: UnsafeRawBufferPointer, from offset: Int) -> Range<Int>? {
        text.withMemoryRebound(to: CChar.self) {
            var (start, end) = (0, 0)
            guard cre2_find(compiled, $0.baseAddress, $0.count, offset, &start, &end) != 0 else { return nil }
            return start..<end
        }
    }
}
