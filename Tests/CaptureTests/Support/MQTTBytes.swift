/// Packets of MQTT.
enum MQTTBytes {
    static func packet(_ first: UInt8, _ contents: [UInt8]) -> [UInt8] { [first] + varint(contents.count) + contents }

    static func connect(_ client: String, level: UInt8) -> [UInt8] {
        packet(0x10, text("MQTT") + [level, 2, 0, 60] + (level == 5 ? [0] : []) + text(client))
    }

    /// `properties` without their length; nil before MQTT 5.
    static func publish(
        _ topic: String, _ payload: String, quality: UInt8 = 0, identifier: UInt16 = 0, isRepeated: Bool = false,
        properties: [UInt8]? = nil
    ) -> [UInt8] {
        packet(
            0x30 | quality << 1 | (isRepeated ? 8 : 0),
            text(topic) + (quality > 0 ? number(identifier) : []) + (properties.map { varint($0.count) + $0 } ?? [])
                + Array(payload.utf8))
    }

    static func subscribe(_ identifier: UInt16, _ filters: [String], isFive: Bool = false) -> [UInt8] {
        packet(0x82, number(identifier) + (isFive ? [0] : []) + filters.flatMap { text($0) + [1] })
    }

    static func unsubscribe(_ identifier: UInt16, _ filters: [String], isFive: Bool = false) -> [UInt8] {
        packet(0xA2, number(identifier) + (isFive ? [0] : []) + filters.flatMap { text($0) })
    }

    /// PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK and UNSUBACK, by their first byte.
    static func answer(_ first: UInt8, _ identifier: UInt16, _ rest: [UInt8] = []) -> [UInt8] {
        packet(first, number(identifier) + rest)
    }

    static func userProperty(_ name: String, _ value: String) -> [UInt8] { [0x26] + text(name) + text(value) }
    static func alias(_ number: UInt16) -> [UInt8] { [0x23] + MQTTBytes.number(number) }

    static func text(_ text: String) -> [UInt8] { number(UInt16(text.utf8.count)) + Array(text.utf8) }
    static func number(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }

    static func varint(_ number: Int) -> [UInt8] {
        number < 128 ? [UInt8(number)] : [UInt8(number & 0x7F | 0x80)] + varint(number >> 7)
    }
}
