/// The first entry of a message's question section (RFC 1035, section 4.1.2), lent from its bytes.
struct DNSQuestion {
    /// What is to be made of the bytes behind a header.
    enum Reading {
        /// They are an entry.
        case whole(DNSQuestion)
        /// They could be the beginning of one.
        case cut
        /// They are none.
        case invalid
    }

    /// The name as it was sent: labels, each behind its length, and the root's zero.
    let name: UnsafeRawBufferPointer
    /// The type of record that is asked for.
    let type: UInt16
    /// The class that is asked for: 1 is the internet's.
    let `class`: UInt16
    /// Where in the message the entry ends.
    let end: Int

    /// Reads the entry behind a message's header. Nothing precedes it that its name could point at, so a compressed
    /// name there is no name.
    static func read(_ message: UnsafeRawBufferPointer) -> Reading {
        var place = DNSHeader.length
        while place < message.count {
            let label = Int(message[place])
            guard label < 64, place + label - DNSHeader.length < DNSName.maximumLength else { return .invalid }
            place += 1 + label
            guard label == 0 else { continue }
            guard place + 4 <= message.count else { return .cut }
            return .whole(
                DNSQuestion(
                    name: UnsafeRawBufferPointer(rebasing: message[DNSHeader.length..<place]),
                    type: message.big16(place), class: message.big16(place + 2), end: place + 4))
        }
        return .cut
    }

    /// A hash of name, type and class, by which equal questions are known. Names are equal in any case (RFC 4343).
    var hash: UInt64 {
        var mixer = Mixer(seed: UInt64(type) << 16 | UInt64(`class`))
        var word: UInt64 = 0
        var count = 0
        for byte in name {
            word = word << 8 | UInt64(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte)
            count += 1
            if count & 7 == 0 { mixer.absorb(word) }
        }
        mixer.absorb(word)
        return mixer.finish().1
    }

    /// Whether somebody means to ask this: a class that is in use.
    var isPlausible: Bool { `class` == 1 || `class` == 3 || `class` == 254 || `class` == 255 }
}
