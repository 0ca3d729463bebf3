/// Requests, responses and record batches of Kafka, with whatever headers a test wants.
enum KafkaBytes {
    typealias Headers = [(String, String)]

    static func big<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    static func text(_ text: String) -> [UInt8] { big(Int16(text.utf8.count)) + Array(text.utf8) }

    /// A number in zig-zag form.
    static func varint(_ number: Int) -> [UInt8] {
        var rest = UInt64(bitPattern: Int64(number << 1 ^ number >> 63))
        var bytes: [UInt8] = []
        while rest > 127 {
            bytes.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    /// A record without a key.
    static func record(_ headers: Headers, value: Int = 1) -> [UInt8] {
        var body: [UInt8] = [0, 0, 0] + varint(-1) + varint(value) + [UInt8](repeating: 0x76, count: value)
        body += varint(headers.count)
        for (name, value) in headers {
            body += varint(name.utf8.count) + Array(name.utf8) + varint(value.utf8.count) + Array(value.utf8)
        }
        return varint(body.count) + body
    }

    /// A batch of messages, each with headers of its own.
    static func batch(_ messages: [Headers], value: Int = 1) -> [UInt8] {
        let records = messages.flatMap { record($0, value: value) }
        let behindLength =
            big(Int32(0)) + [2] + big(UInt32(0)) + big(UInt16(0)) + big(Int32(messages.count - 1)) + big(Int64(0))
            + big(Int64(0)) + big(Int64(-1)) + big(Int16(-1)) + big(Int32(-1)) + big(Int32(messages.count)) + records
        return big(Int64(5)) + big(Int32(behindLength.count)) + behindLength
    }

    private static func message(_ body: [UInt8]) -> [UInt8] { big(Int32(body.count)) + body }

    private static func head(_ key: Int16, _ version: Int16, _ id: Int32) -> [UInt8] {
        big(key) + big(version) + big(id) + text("shop")
    }

    private static func partitions(_ contents: [[UInt8]]) -> [UInt8] {
        big(Int32(1)) + text("orders") + big(Int32(contents.count))
            + contents.enumerated().flatMap { big(Int32($0)) + $1 }
    }

    /// A Produce request (version 3): a batch for each partition.
    static func produce(_ batches: [[UInt8]], id: Int32 = 1) -> [UInt8] {
        message(
            head(0, 3, id) + big(Int16(-1)) + big(Int16(-1)) + big(Int32(1000))
                + partitions(batches.map { big(Int32($0.count)) + $0 }))
    }

    static func produced(_ count: Int, id: Int32 = 1) -> [UInt8] {
        let partition = big(Int16(0)) + big(Int64(41)) + big(Int64(-1))
        return message(big(id) + partitions([[UInt8]](repeating: partition, count: count)) + big(Int32(0)))
    }

    /// A Fetch request (version 4).
    static func fetch(_ count: Int = 1, id: Int32 = 1) -> [UInt8] {
        message(
            head(1, 4, id) + big(Int32(-1)) + big(Int32(500)) + big(Int32(1)) + big(Int32(1 << 20)) + [0]
                + partitions([[UInt8]](repeating: big(Int64(5)) + big(Int32(1 << 20)), count: count)))
    }

    /// Its response: a batch of each partition.
    static func fetched(_ batches: [[UInt8]], id: Int32 = 1) -> [UInt8] {
        let contents = batches.map { batch -> [UInt8] in
            let watermarks = big(Int64(9)) + big(Int64(9))
            return big(Int16(0)) + watermarks + big(Int32(-1)) + big(Int32(batch.count)) + batch
        }
        return message(big(id) + big(Int32(0)) + partitions(contents))
    }
}
