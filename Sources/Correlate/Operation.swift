import Capture

/// What an exchange does, as few enough kinds that delays and habits can be learned of each: the protocol, the operation, the
/// target without what varies, and who serves it.
///
/// It is the same in the next run of the same programs: no process number and no client's port is in it. For a request, who
/// serves is its own port; for a call, the address it goes to.
enum Operation {
    /// The most bytes of a target or statement that are looked at.
    private static let maximumLength = 512

    /// The hash of an exchange's operation.
    static func hash(of exchange: borrowing Exchange, in fields: borrowing FieldBuffer) -> UInt64 {
        var mixer = Mixer(seed: UInt64(exchange.protocol.rawValue) << 8 | UInt64(exchange.end.role.rawValue))
        switch exchange.end.role {
        case .server: mixer.absorb(UInt64(exchange.local.port))
        case .client:
            mixer.absorb(UInt64(exchange.peer.port))
            if exchange.peer.family != .unix {
                mixer.absorb(exchange.peer.high)
                mixer.absorb(exchange.peer.low)
            }
        }
        for index in Int(exchange.fields.start)..<Int(exchange.fields.start) + Int(exchange.fields.count) {
            let field = fields.fields[index]
            guard let shape = shape(of: field.key) else { continue }
            fields.withBytes(of: field.value) { absorb($0, shape, into: &mixer) }
            mixer.absorb(UInt64(field.key.rawValue))
            if field.key == .operation { break }
        }
        return mixer.finish().0
    }

    private enum Shape { case name, target, statement }

    private static func shape(of key: FieldKey) -> Shape? {
        switch key {
        case .operation, .method, .service, .collection, .destination, .questionName, .questionType: .name
        case .target: .target
        case .statement: .statement
        default: nil
        }
    }

    private static func absorb(_ bytes: UnsafeRawBufferPointer, _ shape: Shape, into mixer: inout Mixer) {
        let bytes = UnsafeRawBufferPointer(rebasing: bytes[..<min(bytes.count, maximumLength)])
        switch shape {
        case .name: absorb(bytes[...], into: &mixer)
        case .target: absorb(target: bytes, into: &mixer)
        case .statement: absorb(statement: bytes, into: &mixer)
        }
    }

    private static func absorb(_ bytes: Slice<UnsafeRawBufferPointer>, into mixer: inout Mixer) {
        var word: UInt64 = 0
        var filled = 0
        for byte in bytes {
            word = word << 8 | UInt64(byte)
            filled += 1
            if filled == 8 {
                mixer.absorb(word)
                (word, filled) = (0, 0)
            }
        }
        mixer.absorb(word << 8 | UInt64(filled))
    }

    /// A path segment with a digit, or a very long one, is a value rather than a name; a query is values.
    private static func absorb(target: UnsafeRawBufferPointer, into mixer: inout Mixer) {
        var start = 0
        for end in 0...target.count {
            let byte = end < target.count ? target[end] : UInt8(ascii: "?")
            guard byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") else { continue }
            let segment = target[start..<end]
            let isValue = segment.count > 32 || segment.contains { isDigit($0) }
            if isValue { mixer.absorb(1) } else { absorb(segment, into: &mixer) }
            if byte == UInt8(ascii: "?") { return }
            start = end + 1
        }
    }

    /// Numbers and quoted text are values; so is what follows in a list, however long it is.
    private static func absorb(statement: UnsafeRawBufferPointer, into mixer: inout Mixer) {
        var quote: UInt8 = 0
        var word: UInt64 = 0
        for byte in statement {
            if quote != 0 {
                if byte == quote { quote = 0 }
                continue
            }
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\""): quote = byte
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"):
                word = word &* 31 &+ UInt64(byte | 0x20)
            default:
                if word != 0 { mixer.absorb(word) }
                word = 0
            }
        }
        mixer.absorb(word)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
