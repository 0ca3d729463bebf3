/// How much of an exchange's fields may be what: a sender that repeats headers at will costs bounded memory, and never the
/// room of what the exchange is about.
enum FieldBounds {
    /// Most named fields of one message.
    static let namedOfMessage = 96
    /// Most named fields of all messages of a batch.
    static let namedOfBatch = 256
    /// Most bytes that fields may have once a named one is added.
    static let bytesWithNamed = 64 << 10
    /// Kept free, with one field's place, for the hashes of an exchange's values, which are added last.
    static let bytesOfValues = FieldBuffer.maximumHashes * 8
    /// Most fields of one name on one message: one more than `tracestate` has members (Trace Context, 3.3.1.1), so that a
    /// list of them that is cut is one that is not valid.
    static let alike = 33

    /// Whether another field fits beside those that are there.
    ///
    /// - Parameter named: how many of those are named. Not the whole slot: it would be copied for each field.
    static func hasRoom(
        for key: FieldKey, _ part: UInt16, _ name: UnsafeRawBufferPointer, size: Int,
        beside fields: borrowing FieldBuffer,
        named: Int
    ) -> Bool {
        let (count, bytes) = (fields.fields.count, fields.bytes.count)
        guard key.isNamed else {
            return count - named < FieldBuffer.maximumFields - namedOfBatch - 1
                && bytes + size <= FieldBuffer.maximumBytes - bytesOfValues
        }
        return named < (part == 0 ? namedOfMessage : namedOfBatch) && bytes + size <= bytesWithNamed
            && (named < alike || !hasEnough(of: key, part, name, among: fields))
    }

    /// Whether a whole set of a message's fields fits beside those of other messages.
    static func hasRoom(forSet fields: Int, bytes: Int, in slot: borrowing ExchangeTable.Slot) -> Bool {
        slot.namedFields + min(fields, namedOfMessage) <= namedOfBatch
            && slot.fields.bytes.count + bytes <= bytesWithNamed
    }

    private static func hasEnough(
        of key: FieldKey, _ part: UInt16, _ name: UnsafeRawBufferPointer, among fields: borrowing FieldBuffer
    ) -> Bool {
        var found = 0
        for field in fields.fields
        where field.key == key && field.part == part && Int(field.name.count) == name.count {
            found += fields.withBytes(of: field.name) { isAlike($0, name) } ? 1 : 0
        }
        return found >= alike
    }

    private static func isAlike(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
        for index in 0..<one.count where lowerCase(one[index]) != lowerCase(other[index]) { return false }
        return true
    }
}
