/// Frames of AMQP 0-9-1.
enum AMQPBytes {
    static let header: [UInt8] = Array("AMQP".utf8) + [0, 0, 9, 1]

    static func frame(_ type: UInt8, _ channel: UInt16, _ payload: [UInt8]) -> [UInt8] {
        [type] + big(channel) + big(UInt32(payload.count)) + payload + [0xCE]
    }

    static func method(_ channel: UInt16, _ number: UInt32, _ arguments: [UInt8] = []) -> [UInt8] {
        frame(1, channel, big(UInt16(number >> 16)) + big(UInt16(number & 0xFFFF)) + arguments)
    }

    /// Header and bodies of a message.
    static func content(
        _ channel: UInt16, _ body: [UInt8], flags: UInt16 = 0, properties: [UInt8] = [], frameSize: Int = .max
    ) -> [UInt8] {
        var bytes = frame(2, channel, big(UInt16(60)) + [0, 0] + big(UInt64(body.count)) + big(flags) + properties)
        var rest = body[...]
        while !rest.isEmpty {
            bytes += frame(3, channel, Array(rest.prefix(frameSize)))
            rest = rest.dropFirst(frameSize)
        }
        return bytes
    }

    static func publish(_ channel: UInt16, _ exchange: String, _ routingKey: String, isMandatory: Bool = false)
        -> [UInt8]
    {
        method(channel, 0x3C_0028, [0, 0] + short(exchange) + short(routingKey) + [isMandatory ? 1 : 0])
    }

    static func deliver(
        _ channel: UInt16, _ consumer: String, _ tag: UInt64, _ exchange: String, _ routingKey: String
    ) -> [UInt8] {
        method(channel, 0x3C_003C, short(consumer) + big(tag) + [0] + short(exchange) + short(routingKey))
    }

    static func getOk(_ channel: UInt16, _ tag: UInt64, _ exchange: String, _ routingKey: String) -> [UInt8] {
        method(channel, 0x3C_0047, big(tag) + [0] + short(exchange) + short(routingKey) + big(UInt32(0)))
    }

    static func consume(_ channel: UInt16, _ queue: String, _ tag: String) -> [UInt8] {
        method(channel, 0x3C_0014, [0, 0] + short(queue) + short(tag) + [0] + big(UInt32(0)))
    }

    static func get(_ channel: UInt16, _ queue: String) -> [UInt8] {
        method(channel, 0x3C_0046, [0, 0] + short(queue) + [0])
    }

    static func ack(_ channel: UInt16, _ tag: UInt64, isMultiple: Bool = false) -> [UInt8] {
        method(channel, 0x3C_0050, big(tag) + [isMultiple ? 1 : 0])
    }

    static func declare(_ channel: UInt16, _ queue: String) -> [UInt8] {
        method(channel, 0x32_000A, [0, 0] + short(queue) + [1] + big(UInt32(0)))
    }

    static func close(_ channel: UInt16, _ code: UInt16, _ number: UInt32) -> [UInt8] {
        method(channel, channel == 0 ? 0x0A_0032 : 0x14_0028, big(code) + short("no 'x'") + big(number))
    }

    /// A table of texts.
    static func table(_ entries: [(String, String)]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (name, value) in entries {
            bytes += short(name) + [0x53]
            bytes += big(UInt32(value.utf8.count)) + Array(value.utf8)
        }
        return big(UInt32(bytes.count)) + bytes
    }

    static func short(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }

    static func big<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }
}
