/// What is of interest among the arguments of the client's methods that are answered.
struct AMQPArguments {
    /// The queue or exchange that it is about.
    private(set) var name = UnsafeRawBufferPointer(start: nil, count: 0)
    /// The consumer that it is about.
    private(set) var consumer = UnsafeRawBufferPointer(start: nil, count: 0)
    /// Whether the server is asked not to answer.
    private(set) var isUnanswered = false
    /// Whether deliveries are settled by being delivered.
    private(set) var needsNoSettling = false

    /// Reads them.
    init(_ method: AMQPMethod, _ reader: inout NetworkOrderReader) {
        switch method {
        case .exchangeDeclare:
            names(&reader, skipping: 1)
            isUnanswered = bit(4, &reader)
        case .exchangeDelete:
            names(&reader)
            isUnanswered = bit(1, &reader)
        case .exchangeBind, .exchangeUnbind, .queueBind:
            names(&reader, skipping: 2)
            isUnanswered = bit(0, &reader)
        case .queueUnbind: names(&reader)
        case .queueDeclare:
            names(&reader)
            isUnanswered = bit(4, &reader)
        case .queuePurge:
            names(&reader)
            isUnanswered = bit(0, &reader)
        case .queueDelete:
            names(&reader)
            isUnanswered = bit(2, &reader)
        case .basicConsume:
            names(&reader)
            consumer = reader.shortString() ?? consumer
            let bits = reader.byte() ?? 0
            needsNoSettling = bits & 1 << 1 != 0
            isUnanswered = bits & 1 << 3 != 0
        case .basicGet:
            names(&reader)
            needsNoSettling = bit(0, &reader)
        case .basicCancel:
            consumer = reader.shortString() ?? consumer
            isUnanswered = bit(0, &reader)
        case .confirmSelect: isUnanswered = bit(0, &reader)
        default: break
        }
    }

    /// A reserved number, the name, and others behind it.
    private mutating func names(_ reader: inout NetworkOrderReader, skipping others: Int = 0) {
        _ = reader.short()
        name = reader.shortString() ?? name
        for _ in 0..<others { _ = reader.shortString() }
    }

    private func bit(_ number: UInt8, _ reader: inout NetworkOrderReader) -> Bool {
        (reader.byte() ?? 0) & 1 << number != 0
    }
}
