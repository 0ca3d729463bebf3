/// Tells MQTT by a packet's first bytes.
///
/// CONNECT names the protocol. Everything else is little to go by: it must be whole packets that end with the record, and of
/// a type that one side alone sends, or at MQTT's port, or on a connection whose opener is known.
enum MQTTSignature {
    /// The port that is MQTT's (IANA).
    static let port: UInt16 = 1883
    /// Most packets of a record that are looked at.
    private static let mostPackets = 16

    /// What the first bytes say.
    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        guard let first = bytes.first else { return .maybe }
        guard let kind = MQTTPacket.kind(first) else { return .no }
        if kind == .connect { return connect(bytes) }
        let isAtPort = hint.isAt(port)
        // Of these, one is sent by whoever speaks MQTT every now and then.
        switch kind {
        case .subscribe, .unsubscribe, .suback, .pingreq, .pingresp: break
        case .publish where hint.isFromOpener != nil: break
        default: guard isAtPort else { return .no }
        }
        guard let sender = kind.sender ?? side(hint) else { return .no }
        switch packets(bytes, hint.recordLength) {
        case .whole: return .yes(sender)
        case .longer:
            // Some read a packet in pieces.
            if bytes.count < ParserTable.signatureLength, UInt64(bytes.count) == hint.recordLength { return .maybe }
            return isAtPort && kind == .publish && isPlausible(bytes) == true ? .yes(sender) : .no
        case .unseen: return isAtPort ? .yes(sender) : .no
        case .none: return .no
        }
    }

    /// Whether a packet of a side may begin with this byte.
    static func begins(_ bytes: UnsafeRawBufferPointer, from side: Side) -> Bool {
        guard let kind = bytes.first.flatMap(MQTTPacket.kind) else { return false }
        return (kind.sender ?? side) == side
    }

    /// Whether they are whole packets.
    static func isWhole(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if case .whole = packets(bytes, UInt64(bytes.count)) { true } else { false }
    }

    /// Whether a packet, of which the first bytes are known, has what its type demands; nil when they are too few to tell.
    static func isPlausible(_ bytes: UnsafeRawBufferPointer) -> Bool? {
        guard let packet = MQTTPacket(bytes) else { return MQTTPacket.measure(bytes) == .invalid ? false : nil }
        let isWhole = UInt64(bytes.count) >= packet.length
        let known = bytes.prefix(Int(clamping: packet.length)).dropFirst(packet.headerLength)
        var reader = NetworkOrderReader(UnsafeRawBufferPointer(rebasing: known))
        switch packet.kind {
        case .connect:
            switch connect(bytes) {
            case .yes: return true
            case .maybe: return nil
            case .no: return false
            }
        case .connack:
            guard let flags = reader.byte(), let code = reader.byte() else { return isWhole ? false : nil }
            return flags <= 1 && (code <= 5 || code >= 0x80)
        case .publish:
            guard let length = reader.short() else { return isWhole ? false : nil }
            let identifier: UInt32 = packet.qualityOfService > 0 ? 2 : 0
            guard UInt32(length) + 2 + identifier <= packet.remaining else { return false }
            // Without a topic there must be a property that says which.
            guard length > 0 || packet.remaining >= 6 + identifier else { return false }
            return MQTTTopic.isName(UnsafeRawBufferPointer(rebasing: reader.rest.prefix(Int(length))))
        case .puback, .pubrec, .pubrel, .pubcomp, .unsuback:
            return reader.short().map { $0 > 0 } ?? (isWhole ? false : nil)
        case .suback:
            guard let identifier = reader.short() else { return isWhole ? false : nil }
            return identifier > 0
                && (reader.rest.last.map { $0 <= 2 || $0 >= 0x80 } ?? true || !isWhole)
        case .subscribe, .unsubscribe:
            guard let identifier = reader.short() else { return isWhole ? false : nil }
            let rest = reader.rest
            let hasOptions = packet.kind == .subscribe
            if identifier == 0 { return false }
            if MQTTFilters(rest, hasOptions: hasOptions, isCut: !isWhole) != nil { return true }
            switch MQTTProperties.read(rest, left: UInt64(packet.remaining) - 2, isPublish: false) {
            case .properties(let properties):
                let filters = UnsafeRawBufferPointer(rebasing: rest.dropFirst(properties.length))
                return MQTTFilters(filters, hasOptions: hasOptions, isCut: !isWhole) != nil || !isWhole
            case .cut: return true
            case .invalid: return !isWhole && rest.count < 4 ? nil : false
            }
        case .pingreq, .pingresp, .disconnect, .auth: return true
        }
    }

    private enum Packets {
        /// Whole packets that end with the record.
        case whole
        /// The first is longer than the record.
        case longer
        /// What is known are packets, and more follows.
        case unseen
        /// No packets.
        case none
    }

    private static func packets(_ bytes: UnsafeRawBufferPointer, _ length: UInt64) -> Packets {
        var start: UInt64 = 0
        for number in 0..<mostPackets {
            guard start < UInt64(bytes.count) else { return .unseen }
            let rest = UnsafeRawBufferPointer(rebasing: bytes[Int(start)...])
            if isPlausible(rest) == false { return .none }
            guard let packet = MQTTPacket(rest) else { return number == 0 ? .longer : .unseen }
            start += packet.length
            if start == length { return .whole }
            if start > length { return number == 0 ? .longer : .unseen }
        }
        return .unseen
    }

    private static func connect(_ bytes: UnsafeRawBufferPointer) -> Recognition {
        switch MQTTVarint.read(UnsafeRawBufferPointer(rebasing: bytes.dropFirst())) {
        case .invalid: return .no
        case .cut: return .maybe
        case .value(let remaining, let count):
            guard remaining >= 12 else { return .no }
            let start = 1 + count
            let name = name(bytes.dropFirst(start), "\0\u{4}MQTT")
            let old = name == .no ? self.name(bytes.dropFirst(start), "\0\u{6}MQIsdp") : .no
            guard name == .yes(.requester) || old == .yes(.requester) else {
                return name == .maybe || old == .maybe ? .maybe : .no
            }
            let level = start + (name == .yes(.requester) ? 6 : 8)
            guard level < bytes.count else { return .maybe }
            return (3...5).contains(bytes[level]) ? .yes(.requester) : .no
        }
    }

    private static func name(_ bytes: Slice<UnsafeRawBufferPointer>, _ text: StaticString) -> Recognition {
        for (index, byte) in bytes.prefix(text.utf8CodeUnitCount).enumerated() where byte != text.utf8Start[index] {
            return .no
        }
        return bytes.count < text.utf8CodeUnitCount ? .maybe : .yes(.requester)
    }

    /// Who sent what either may send.
    private static func side(_ hint: RecognitionHint) -> Side? {
        if let isFromOpener = hint.isFromOpener { return isFromOpener ? .requester : .responder }
        if hint.receiverPort == port { return .requester }
        return hint.senderPort == port ? .responder : nil
    }
}
