/// What the fields of one name say on one message. Where there is more than one of them, none of them counts.
struct FieldValue<Value: Sendable>: Sendable {
    private(set) var count = 0
    /// What was read; nil when there is none, it is invalid, or there are several.
    private(set) var value: Value?

    /// Whether a field of the name was there at all.
    var isThere: Bool { count > 0 }
    /// Whether there was more than one.
    var isRepeated: Bool { count > 1 }
    /// Whether there was exactly one, and it could not be read.
    var isInvalid: Bool { count == 1 && value == nil }

    /// Adds what a field says, nil when that is invalid. It is read only when it is the first.
    mutating func add(_ read: @autoclosure () -> Value?) {
        count &+= 1
        value = count == 1 ? read() : nil
    }

    /// Forgets the fields.
    mutating func removeAll() {
        count = 0
        value = nil
    }
}
