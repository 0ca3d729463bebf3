extension ExchangeTable {
    /// Adds where a message of AMQP's goes, or where it comes from: exchange, routing key and queue with colons between,
    /// without those that are empty, and without a queue that has the routing key's name. The exchange without a name that
    /// sends to queues by theirs is `amq.default` where there is nothing else to say.
    mutating func addDestination(
        _ exchange: UnsafeRawBufferPointer, _ routingKey: UnsafeRawBufferPointer,
        _ queue: UnsafeRawBufferPointer = .init(start: nil, count: 0), to handle: ExchangeHandle
    ) {
        // Each has at most 255 bytes.
        withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 1) { text in
            var count = 0
            func append(_ part: UnsafeRawBufferPointer) {
                let known = part.prefix(255)
                guard !known.isEmpty else { return }
                if count > 0 {
                    text[count] = 0x3A
                    count += 1
                }
                UnsafeMutableRawBufferPointer(rebasing: text[count...]).copyBytes(from: known)
                count += known.count
            }
            append(exchange)
            append(routingKey)
            if !queue.elementsEqual(routingKey) { append(queue) }
            if count == 0 {
                add(.destination, .requestHeader, text: "amq.default", to: handle)
            } else {
                add(.destination, .requestHeader, value: UnsafeRawBufferPointer(rebasing: text[..<count]), to: handle)
            }
        }
        addValues(text: routingKey, to: handle)
        if !routingKey.isEmpty { add(.routingKey, .requestHeader, value: routingKey, to: handle) }
    }
}
