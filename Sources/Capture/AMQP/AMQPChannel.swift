/// A message on its way over a channel: a method, then a header that tells its size, then bodies.
struct AMQPContent {
    /// Where it has got to.
    enum Stage {
        /// There is none.
        case none
        /// Its header comes next.
        case header
        /// So many bytes of it are to come.
        case body(left: UInt64)
    }

    /// What it is part of; ``ExchangeHandle/none`` where that is of no interest.
    var handle = ExchangeHandle.none
    /// The method that began it.
    var method = AMQPMethod.basicPublish
    var stage = Stage.none
    /// By what it will be confirmed; 0 when it will not, or that is not known.
    var tag: UInt64 = 0
    /// What it is known by if it comes back.
    var hash: UInt64 = 0
    /// Whether it comes back when it cannot be routed.
    var isMandatory = false

    /// Whether there is one.
    var isActive: Bool { if case .none = stage { false } else { true } }
}

/// What is known of one channel.
struct AMQPChannel {
    /// Its number, above 0.
    let number: UInt16
    /// The number of the next message that is published, when the server confirms each (RabbitMQ's publisher confirms); 0
    /// when it does not, or that is not known.
    var nextTag: UInt64 = 0
    /// A confirmation that was seen before its message: two threads' records may come in the wrong order.
    var confirmedEarly: UInt64 = 0
    /// What the client is sending.
    var publishing = AMQPContent()
    /// What the server is sending.
    var delivering = AMQPContent()

    init(number: UInt16) { self.number = number }

    /// What a side is sending.
    subscript(side: Side) -> AMQPContent {
        get { side == .requester ? publishing : delivering }
        set { if side == .requester { publishing = newValue } else { delivering = newValue } }
    }

    /// Whether forgetting it loses nothing.
    var isIdle: Bool { nextTag == 0 && !publishing.isActive && !delivering.isActive }
}

/// The channels of a connection that something is known of.
struct AMQPChannels {
    /// Most of them.
    static let most = 256

    private var channels: ContiguousArray<AMQPChannel> = []
    private var last = 0
    private var victim = 0

    /// How many there are.
    var count: Int { channels.count }
    /// Memory they take, bytes.
    var size: Int { channels.count * MemoryLayout<AMQPChannel>.stride }

    subscript(index: Int) -> AMQPChannel {
        _read { yield channels[index] }
        _modify { yield &channels[index] }
    }

    /// The place of a channel that something is known of.
    mutating func find(_ number: UInt16) -> Int? {
        if last < channels.count, channels[last].number == number { return last }
        guard let index = channels.firstIndex(where: { $0.number == number }) else { return nil }
        last = index
        return index
    }

    /// The place of a channel; nil when there is no room for another, which is counted.
    mutating func place(_ number: UInt16, in exchanges: inout ExchangeTable) -> Int? {
        if let index = find(number) { return index }
        if channels.count < AMQPChannels.most, exchanges.reserve(MemoryLayout<AMQPChannel>.stride) {
            channels.append(AMQPChannel(number: number))
            return channels.count - 1
        }
        for _ in 0..<channels.count {
            victim = (victim + 1) % channels.count
            guard channels[victim].isIdle else { continue }
            channels[victim] = AMQPChannel(number: number)
            return victim
        }
        exchanges.count(.tableFull)
        return nil
    }

    /// Forgets one.
    mutating func remove(at index: Int, in exchanges: inout ExchangeTable) {
        channels.swapAt(index, channels.count - 1)
        channels.removeLast()
        exchanges.unreserve(MemoryLayout<AMQPChannel>.stride)
    }

    /// Forgets all of them.
    mutating func removeAll(in exchanges: inout ExchangeTable) {
        exchanges.unreserve(size)
        channels.removeAll()
    }
}
