/// Combines the `tracestate` headers of one message (W3C Trace Context, level 2, section 3.3).
///
/// Several headers count as one, in the order in which they came. Members are `key=value`; empty ones are skipped, of a
/// repeated key the first stays, and what makes one member invalid makes all of them invalid: a state is carried whole or
/// not at all. The result is the members joined by commas, without white space around them.
///
/// A value that is emptied and used again, so that nothing is allocated per message once it has grown.
public struct Tracestate: Sendable {
    /// Most members of all headers together.
    public static let maximumMembers = 32
    /// Most characters of a key, and of a value.
    public static let maximumLength = 256

    /// Whether nothing invalid was added. When it is false, ``bytes`` is empty.
    public private(set) var isValid = true
    /// The members to carry: `key=value,key=value`.
    public private(set) var bytes: [UInt8] = []
    /// Members that were added, repeated ones included.
    private var members = 0
    /// Where the keys of those in ``bytes`` lie.
    private var keys: [Range<Int>] = []

    /// No members.
    public init() {
        keys.reserveCapacity(Tracestate.maximumMembers)
    }

    /// Forgets everything and keeps the memory.
    public mutating func removeAll() {
        isValid = true
        members = 0
        bytes.removeAll(keepingCapacity: true)
        keys.removeAll(keepingCapacity: true)
    }

    /// Adds the value of the next header of the message.
    public mutating func add(_ value: UnsafeRawBufferPointer) {
        var start = 0
        while isValid, start <= value.count {
            var end = start
            while end < value.count, value[end] != UInt8(ascii: ",") { end += 1 }
            let member = value.part(start, end - start).trimmed
            if !member.isEmpty, !add(member: member) { reject() }
            start = end + 1
        }
    }

    private mutating func reject() {
        removeAll()
        isValid = false
    }

    /// Adds one member, which has no white space around it; false when it is invalid.
    private mutating func add(member: UnsafeRawBufferPointer) -> Bool {
        members += 1
        guard members <= Tracestate.maximumMembers else { return false }
        guard let equals = member.firstIndex(of: UInt8(ascii: "=")) else { return false }
        let key = member.part(0, equals)
        let value = member.part(equals + 1, member.count - equals - 1)
        guard Tracestate.isKey(key), Tracestate.isValue(value) else { return false }
        if isKnown(key) { return true }
        if !bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
        keys.append(bytes.count..<bytes.count + key.count)
        bytes.append(contentsOf: member)
        return true
    }

    private func isKnown(_ key: UnsafeRawBufferPointer) -> Bool {
        keys.contains { $0.count == key.count && bytes[$0].elementsEqual(key) }
    }

    /// A lower-case letter or digit, then letters, digits, and `_`, `-`, `*`, `/`, `@`.
    private static func isKey(_ key: UnsafeRawBufferPointer) -> Bool {
        guard let first = key.first, isLetterOrDigit(first), key.count <= maximumLength else { return false }
        return key.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: "@"): true
            default: isLetterOrDigit(byte)
            }
        }
    }

    /// Printable ASCII without comma and equals sign; at its end there is no space, since members are trimmed.
    private static func isValue(_ value: UnsafeRawBufferPointer) -> Bool {
        guard !value.isEmpty, value.count <= maximumLength else { return false }
        return value.allSatisfy { 0x20...0x7E ~= $0 && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "=") }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }
}
