/// A number as it stands on the wire, for each kind that there is.
enum WireNumber {
    /// Its bits, those of fewer than 64 extended according to their kind; nil at the end or if it is cut off.
    @inline(__always)
    static func read(
        _ kind: FieldKind, _ bytes: UnsafeRawBufferPointer, _ position: inout Int, end: Int
    ) -> UInt64? {
        switch kind.wireType {
        case .fixed64:
            guard end &- position >= 8 else { return nil }
            defer { position &+= 8 }
            return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        case .fixed32:
            guard end &- position >= 4 else { return nil }
            defer { position &+= 4 }
            return UInt64(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)))
        default:
            guard let bits = Wire.varint(bytes, &position, end: end) else { return nil }
            switch kind {
            case .bool: return bits == 0 ? 0 : 1
            case .uint32: return bits & 0xFFFF_FFFF
            case .int32, .enumeration: return UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: bits)))
            case .sint32:
                let folded = UInt32(truncatingIfNeeded: bits)
                return UInt64(bitPattern: Int64(Int32(bitPattern: folded >> 1) ^ -Int32(bitPattern: folded & 1)))
            default: return bits
            }
        }
    }
}
