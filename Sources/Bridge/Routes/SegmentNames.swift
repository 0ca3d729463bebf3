internal import Glibc

/// The names of the parts of routes: each at a place of its own, of ``PathSegment/longestWord`` bytes.
struct SegmentNames: Sendable {
    private static let slot = PathSegment.longestWord

    private var bytes: [UInt8] = []

    /// The bytes of a text that is written in the source.
    static func bytes(of text: StaticString) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }

    /// Gives `body` a name that is put together of two parts, cut where it is too long.
    static func joined<Result>(
        _ text: StaticString, _ ending: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        withUnsafeTemporaryAllocation(byteCount: slot, alignment: 1) { name in
            var count = 0
            for byte in bytes(of: text) {
                name[count] = byte
                count += 1
            }
            for byte in ending where count < slot {
                name[count] = byte
                count += 1
            }
            return body(UnsafeRawBufferPointer(rebasing: name[..<count]))
        }
    }

    /// A hash of a name, by which most that are not the same are told apart: the same in every run.
    static func hash(of name: UnsafeRawBufferPointer) -> UInt32 {
        var hash = UInt64(truncatingIfNeeded: name.count)
        var index = 0
        while index + 8 <= name.count {
            hash = mixed(hash, name.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            index += 8
        }
        var rest: UInt64 = 0
        while index < name.count {
            rest = rest << 8 | UInt64(name[index])
            index += 1
        }
        hash = mixed(hash, rest)
        return UInt32(truncatingIfNeeded: hash >> 32)
    }

    @inline(__always)
    private static func mixed(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let product = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
        return product ^ product >> 29
    }

    /// Puts a name in a node's place.
    ///
    /// - Returns: its bytes.
    mutating func set(_ node: Int32, to name: UnsafeRawBufferPointer) -> UInt8 {
        let start = Int(node) * SegmentNames.slot
        if bytes.count < start + SegmentNames.slot {
            bytes.append(contentsOf: repeatElement(0, count: start + SegmentNames.slot - bytes.count))
        }
        let count = min(name.count, SegmentNames.slot)
        for index in 0..<count { bytes[start + index] = name[index] }
        return UInt8(count)
    }

    /// Whether a node has these bytes as the beginning of its name.
    func isEqual(_ node: Int32, _ name: UnsafeRawBufferPointer) -> Bool {
        guard let start = name.baseAddress else { return true }
        return bytes.withUnsafeBytes { memcmp($0.baseAddress! + Int(node) * SegmentNames.slot, start, name.count) == 0 }
    }

    /// Gives `body` a node's name.
    func withName<Result>(_ node: Int32, count: UInt8, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        bytes.withUnsafeBytes {
            let start = Int(node) * SegmentNames.slot
            return body(UnsafeRawBufferPointer(rebasing: $0[start..<start + Int(count)]))
        }
    }

    /// Adds a node's name to a text.
    func write(_ node: Int32, count: UInt8, to text: inout [UInt8]) {
        withName(node, count: count) { text.append(contentsOf: $0) }
    }
}
