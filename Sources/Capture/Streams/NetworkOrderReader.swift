/// Reads values off the front of a message's known bytes, most significant byte first. Whatever does not fit is nil, and so
/// is everything after it: nothing behind a cut is read as something else.
struct NetworkOrderReader {
    /// What has not been read.
    private(set) var rest: UnsafeRawBufferPointer

    /// A reader of bytes that are lent for its life.
    init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

    /// The next bytes; nil, and nothing more, when there are too few.
    mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
        guard count >= 0, count <= rest.count else {
            rest = UnsafeRawBufferPointer(rebasing: rest[rest.count...])
            return nil
        }
        let taken = UnsafeRawBufferPointer(rebasing: rest[..<count])
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        return taken
    }

    /// A byte.
    mutating func byte() -> UInt8? { take(1)?[0] }

    /// Two bytes.
    mutating func short() -> UInt16? { number(2).map { UInt16(truncatingIfNeeded: $0) } }

    /// Four bytes.
    mutating func long() -> UInt32? { number(4).map { UInt32(truncatingIfNeeded: $0) } }

    /// Eight bytes.
    mutating func longLong() -> UInt64? { number(8) }

    /// Bytes behind their number in one byte.
    mutating func shortString() -> UnsafeRawBufferPointer? { byte().flatMap { take(Int($0)) } }

    /// Bytes behind their number in two bytes.
    mutating func mediumString() -> UnsafeRawBufferPointer? { short().flatMap { take(Int($0)) } }

    /// Bytes behind their number in four bytes.
    mutating func longString() -> UnsafeRawBufferPointer? { long().flatMap { take(Int($0)) } }

    private mutating func number(_ count: Int) -> UInt64? {
        take(count).map { $0.reduce(0) { $0 << 8 | UInt64($1) } }
    }
}
