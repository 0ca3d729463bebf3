/// Names of one kind of id, and the value of the first of them that has one on the message.
struct KeyList<Value: Sendable>: Sendable {
    private let names: [[UInt8]]
    /// A bit for every length that a name has; the last for 63 and all above.
    private let lengths: UInt64
    /// A bit for every name that is on the message.
    private var present: UInt64 = 0
    private var best = Int.max
    /// The value of the first name that has a valid one.
    private(set) var value: Value?
    /// Whether a name is there twice.
    private(set) var isRepeated = false

    /// A list of at most 64 names in lower case.
    init(_ names: [String]) {
        self.names = names.map { Array($0.utf8) }
        lengths = names.reduce(0) { $0 | KeyList.bit(of: $1.utf8.count) }
    }

    /// Whether any of the names is on the message.
    var isThere: Bool { present != 0 }

    /// Takes in a field if its name is one of these; whether it is.
    mutating func add(_ name: UnsafeRawBufferPointer, _ read: @autoclosure () -> Value?) -> Bool {
        guard lengths & KeyList.bit(of: name.count) != 0, let index = index(of: name) else { return false }
        let bit: UInt64 = 1 << UInt64(index)
        if present & bit != 0 { isRepeated = true }
        present |= bit
        if index < best, let read = read() {
            best = index
            value = read
        }
        return true
    }

    /// Forgets the message.
    mutating func removeAll() {
        present = 0
        best = .max
        value = nil
        isRepeated = false
    }

    private func index(of name: UnsafeRawBufferPointer) -> Int? {
        names.firstIndex { known in
            known.count == name.count && zip(known, name).allSatisfy { $0 == $1.lowerCased }
        }
    }

    private static func bit(of length: Int) -> UInt64 { 1 << UInt64(min(length, 63)) }
}
