/// What a content header says of a message besides its size (AMQP 0-9-1, 2.3.5.2): flags tell which properties follow.
enum AMQPProperties {
    private static let contentType: UInt16 = 1 << 15
    private static let contentEncoding: UInt16 = 1 << 14
    private static let headers: UInt16 = 1 << 13
    private static let deliveryMode: UInt16 = 1 << 12
    private static let priority: UInt16 = 1 << 11
    private static let correlationID: UInt16 = 1 << 10
    private static let replyTo: UInt16 = 1 << 9
    private static let expiration: UInt16 = 1 << 8
    private static let messageID: UInt16 = 1 << 7
    /// More flags follow.
    private static let more: UInt16 = 1

    /// Adds what is wanted of them to an exchange.
    ///
    /// - Parameter reader: at the flags; may be cut off anywhere.
    static func add(
        _ reader: inout NetworkOrderReader, to handle: ExchangeHandle, in exchanges: inout ExchangeTable
    ) {
        guard let flags = reader.short() else { return }
        var last = flags
        while last & more != 0 {
            guard let next = reader.short() else { return }
            last = next
        }
        if flags & contentType != 0 { _ = reader.shortString() }
        if flags & contentEncoding != 0 { _ = reader.shortString() }
        if flags & headers != 0 { AMQPTable.add(&reader, to: handle, in: &exchanges) }
        if flags & deliveryMode != 0 { _ = reader.byte() }
        if flags & priority != 0 { _ = reader.byte() }
        if flags & correlationID != 0 { add(.conversationID, reader.shortString(), to: handle, in: &exchanges) }
        if flags & replyTo != 0 { _ = reader.shortString() }
        if flags & expiration != 0 { _ = reader.shortString() }
        if flags & messageID != 0 { add(.messageID, reader.shortString(), to: handle, in: &exchanges) }
    }

    private static func add(
        _ key: FieldKey, _ value: UnsafeRawBufferPointer?, to handle: ExchangeHandle,
        in exchanges: inout ExchangeTable
    ) {
        guard let value, !value.isEmpty else { return }
        exchanges.add(key, .messageMetadata, value: value, to: handle)
    }
}
