/// A field table: names and typed values (AMQP 0-9-1, 4.2.5, with the types as RabbitMQ uses them:
/// https://www.rabbitmq.com/amqp-0-9-1-errata#section_3). What lies inside another table or array is passed over.
enum AMQPTable {
    /// Adds the texts in a table of headers whose names are wanted.
    ///
    /// - Parameter reader: at the table's length. What is known of a table that is cut off is read.
    static func add(_ reader: inout NetworkOrderReader, to handle: ExchangeHandle, in exchanges: inout ExchangeTable) {
        guard let length = reader.long() else { return }
        let known = min(Int(length), reader.rest.count)
        guard let bytes = reader.take(known) else { return }
        if known < Int(length) { _ = reader.take(.max) }
        var table = NetworkOrderReader(bytes)
        while !table.rest.isEmpty {
            guard let name = table.shortString(), let type = table.byte(), let value = value(type, &table) else {
                return
            }
            guard type == 0x53 || type == 0x78 else { continue }
            exchanges.addHeader(name, value, .messageMetadata, to: handle)
        }
    }

    /// The value's bytes, without the length before them; nil when they are not all there, or the type is none.
    private static func value(_ type: UInt8, _ reader: inout NetworkOrderReader) -> UnsafeRawBufferPointer? {
        switch type {
        // t b B
        case 0x74, 0x62, 0x42: reader.take(1)
        // s u U
        case 0x73, 0x75, 0x55: reader.take(2)
        // I i f
        case 0x49, 0x69, 0x66: reader.take(4)
        // D
        case 0x44: reader.take(5)
        // l L d T
        case 0x6C, 0x4C, 0x64, 0x54: reader.take(8)
        // S x A F
        case 0x53, 0x78, 0x41, 0x46: reader.longString()
        // V
        case 0x56: reader.take(0)
        default: nil
        }
    }
}
