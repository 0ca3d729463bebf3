/// What a byte is to a word, as bits; 0 of one that ends words.
enum ByteKind {
    /// `0`...`9`
    static let digit: UInt8 = 1
    /// `a`...`z`, `A`...`Z`, and every byte of a character beyond ASCII.
    static let letter: UInt8 = 2
    /// `-`, `_`, `.` and `@`: inside of words, not at their ends.
    static let joint: UInt8 = 4

    /// The kind of a byte.
    @inline(__always)
    static func of(_ byte: UInt8) -> UInt8 { table.utf8Start[Int(byte)] &- 0x30 }

    // A literal, so that it is a constant of the program that nothing initialises: a digit for each byte.
    private static let table: StaticString = """
        0000000000000000000000000000000000000000000004401111111111000000\
        4222222222222222222222222220000402222222222222222222222222200000\
        2222222222222222222222222222222222222222222222222222222222222222\
        2222222222222222222222222222222222222222222222222222222222222222
        """
}
