/// One packet of a capture file, for the time until the next one is read: the pointer is borrowed from the reader.
package struct Packet {
    /// When it was captured, ns since 1970; at least 1, for 0 stands for what has not happened in every observation.
    package let time: UInt64
    /// What its first header is.
    package var link: LinkLayer
    /// The bytes that were captured.
    package var bytes: UnsafeRawBufferPointer
    /// How long it was on the wire; at least what was captured.
    package var length: Int

    /// A packet from its parts.
    package init(time: UInt64, link: LinkLayer, bytes: UnsafeRawBufferPointer, length: Int) {
        self.time = max(time, 1)
        self.link = link
        self.bytes = bytes
        self.length = max(length, bytes.count)
    }
}

/// The first header of a packet, by the link types of https://www.tcpdump.org/linktypes.html that can be read.
package enum LinkLayer: Sendable {
    /// LINKTYPE_ETHERNET (1).
    case ethernet
    /// LINKTYPE_LINUX_SLL (113).
    case cooked
    /// LINKTYPE_LINUX_SLL2 (276).
    case cooked2
    /// LINKTYPE_RAW (101; as DLT_RAW 12 or 14), LINKTYPE_IPV4 (228), LINKTYPE_IPV6 (229).
    case raw
    /// LINKTYPE_NULL (0) and LINKTYPE_LOOP (108).
    case loopback

    /// The link layer that a file names by number; nil for one that is not read here.
    package init?(number: UInt16) {
        switch number {
        case 1: self = .ethernet
        case 113: self = .cooked
        case 276: self = .cooked2
        case 12, 14, 101, 228, 229: self = .raw
        case 0, 108: self = .loopback
        default: return nil
        }
    }

    /// What to say of a link type that is not read.
    static func unsupported(_ number: UInt16) -> String {
        "link type \(number) is not supported (Ethernet, Linux cooked, raw IP and loopback are)"
    }
}

/// Why a capture file's packets end before the file's proper end. What came before is used.
enum CaptureDamage: Error {
    /// The file ends in the middle of a record.
    case cut
    /// A record cannot be what it says.
    case impossible(String)
}

extension UnsafeRawBufferPointer {
    /// A 16-bit number in network byte order. The caller has made sure that it is there.
    func big16(_ offset: Int) -> UInt16 {
        UInt16(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    /// A 32-bit number in network byte order. The caller has made sure that it is there.
    func big32(_ offset: Int) -> UInt32 {
        UInt32(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    /// A number in this machine's byte order or the other. The caller has made sure that it is there.
    func number<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, swapped: Bool, as _: T.Type = T.self) -> T {
        let value = loadUnaligned(fromByteOffset: offset, as: T.self)
        return swapped ? value.byteSwapped : value
    }

    /// What follows an offset; nothing when the offset lies beyond the end.
    func from(_ offset: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[Swift.min(offset, count)...])
    }
}
