/// A hash of what an HTTP request asks for, by which a span and an exchange can be seen to be about the same: its
/// method and its path without the query. FNV-1a, 64 bits; never 0.
public struct RequestSignature: Sendable {
    private var hash: UInt64 = 0xCBF2_9CE4_8422_2325

    /// A signature of a request with such a method.
    public init(method: UnsafeRawBufferPointer) {
        absorb(method)
        absorb(byte: 0x20)
    }

    /// The signature with the path of the request's target, which may have a query behind it, and before it the scheme
    /// and authority of a URL. An empty path is `/` (RFC 9110, section 4.2.3).
    public consuming func with(path: UnsafeRawBufferPointer) -> UInt64 {
        let start = Self.startOfPath(path)
        var end = start
        while end < path.count, path[end] != UInt8(ascii: "?"), path[end] != UInt8(ascii: "#") { end += 1 }
        if start < end {
            absorb(UnsafeRawBufferPointer(rebasing: path[start..<end]))
        } else {
            absorb(byte: UInt8(ascii: "/"))
        }
        return hash == 0 ? 1 : hash
    }

    /// Behind the authority of a URL; 0 for what is none (RFC 3986, section 3: a scheme has letters, digits, `+`, `-`
    /// and `.` in it).
    private static func startOfPath(_ target: UnsafeRawBufferPointer) -> Int {
        var position = 0
        while position < target.count, isOfScheme(target[position]) { position += 1 }
        guard position > 0, target.count - position >= 3, target[position] == UInt8(ascii: ":"),
            target[position + 1] == UInt8(ascii: "/"), target[position + 2] == UInt8(ascii: "/")
        else { return 0 }
        position += 3
        while position < target.count {
            switch target[position] {
            case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"): return position
            default: position += 1
            }
        }
        return position
    }

    private static func isOfScheme(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    private mutating func absorb(_ bytes: UnsafeRawBufferPointer) { for byte in bytes { absorb(byte: byte) } }

    private mutating func absorb(byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
}
