/// Which queues deliveries come from: what the client said when it began to consume, and which deliveries it has not
/// settled. All of it is bounded; what is not known is left out.
struct AMQPSubscriptions {
    /// Most names of queues that are remembered.
    private static let mostQueues = 64
    /// Most consumers.
    private static let mostConsumers = 256
    /// Most deliveries that are not settled.
    private static let mostDeliveries = 256

    private struct Consumer {
        var channel: UInt16
        var queue: Int16
        var needsSettling: Bool
        /// Whether the server has not said yes yet. It may choose the tag.
        var isPending: Bool
        var tag: [UInt8]
    }

    private struct Delivery {
        var channel: UInt16
        var queue: Int16
        var tag: UInt64
    }

    private var queues: ContiguousArray<[UInt8]> = []
    private var consumers: ContiguousArray<Consumer> = []
    private var deliveries: ContiguousArray<Delivery> = []
    private var reserved = 0
    /// Whether every delivery that is not settled is known.
    private var isComplete: Bool

    init(isComplete: Bool) { self.isComplete = isComplete }

    /// Whether something may be delivered.
    var isEmpty: Bool { consumers.isEmpty }

    /// Remembers a queue's name; -1 when there is no room for it, or it has none.
    mutating func queue(_ name: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) -> Int16 {
        guard !name.isEmpty else { return -1 }
        if let index = queues.firstIndex(where: { $0.count == name.count && $0.elementsEqual(name) }) {
            return Int16(index)
        }
        guard queues.count < AMQPSubscriptions.mostQueues, reserve(name.count + 32, in: &exchanges) else { return -1 }
        queues.append(Array(name))
        return Int16(queues.count - 1)
    }

    /// The bytes of a queue's name, for the time of the call.
    func withQueue<Result>(_ queue: Int16, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        guard queue >= 0, Int(queue) < queues.count else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        return queues[Int(queue)].withUnsafeBytes(body)
    }

    /// The client wants a queue's messages.
    mutating func consume(
        _ channel: UInt16, queue: Int16, tag: UnsafeRawBufferPointer, needsSettling: Bool, isPending: Bool,
        in exchanges: inout ExchangeTable
    ) {
        guard consumers.count < AMQPSubscriptions.mostConsumers, reserve(tag.count + 64, in: &exchanges) else { return }
        consumers.append(
            Consumer(
                channel: channel, queue: queue, needsSettling: needsSettling, isPending: isPending, tag: Array(tag)))
    }

    /// The server has said by which tag.
    mutating func consuming(_ channel: UInt16, tag: UnsafeRawBufferPointer) {
        guard let index = consumers.firstIndex(where: { $0.channel == channel && $0.isPending }) else { return }
        consumers[index].isPending = false
        // At most 255 bytes, which a chosen tag's 64 bytes of room mostly cover.
        if consumers[index].tag.isEmpty { consumers[index].tag = Array(tag) }
    }

    /// A message is delivered.
    ///
    /// - Returns: its queue, or -1.
    mutating func delivered(
        _ channel: UInt16, consumer: UnsafeRawBufferPointer, tag: UInt64, in exchanges: inout ExchangeTable
    ) -> Int16 {
        let index = consumers.firstIndex {
            $0.channel == channel && $0.tag.count == consumer.count && $0.tag.elementsEqual(consumer)
        }
        guard let index else {
            isComplete = false
            return -1
        }
        if consumers[index].needsSettling { remember(channel, consumers[index].queue, tag, in: &exchanges) }
        return consumers[index].queue
    }

    /// A message that was delivered, or got, has to be settled.
    mutating func remember(_ channel: UInt16, _ queue: Int16, _ tag: UInt64, in exchanges: inout ExchangeTable) {
        if deliveries.count == AMQPSubscriptions.mostDeliveries {
            isComplete = false
            deliveries.removeFirst(AMQPSubscriptions.mostDeliveries / 4)
        }
        if deliveries.capacity == 0 {
            guard reserve(AMQPSubscriptions.mostDeliveries * MemoryLayout<Delivery>.stride, in: &exchanges) else {
                isComplete = false
                return
            }
            deliveries.reserveCapacity(AMQPSubscriptions.mostDeliveries)
        }
        deliveries.append(Delivery(channel: channel, queue: queue, tag: tag))
    }

    /// Deliveries are settled.
    ///
    /// - Parameter isMultiple: also those before it; with tag 0 all.
    /// - Returns: the queue of the one named, or of the last, -1 when it is not known; and how many there are, 0 when that is
    ///   not known.
    mutating func settle(_ channel: UInt16, tag: UInt64, isMultiple: Bool) -> (queue: Int16, count: Int) {
        guard isMultiple else {
            guard let index = deliveries.firstIndex(where: { $0.channel == channel && $0.tag == tag }) else {
                return (-1, 1)
            }
            return (deliveries.remove(at: index).queue, 1)
        }
        var queue: Int16 = -1
        let before = deliveries.count
        deliveries.removeAll { delivery in
            guard delivery.channel == channel, tag == 0 || delivery.tag <= tag else { return false }
            queue = delivery.queue
            return true
        }
        return (queue, isComplete ? before - deliveries.count : 0)
    }

    /// A consumer wants no more.
    mutating func cancel(_ channel: UInt16, tag: UnsafeRawBufferPointer) {
        consumers.removeAll { $0.channel == channel && $0.tag.count == tag.count && $0.tag.elementsEqual(tag) }
    }

    /// A channel is closed, or begins anew.
    mutating func forget(channel: UInt16) {
        consumers.removeAll { $0.channel == channel }
        deliveries.removeAll { $0.channel == channel }
    }

    /// Bytes were missed: what was delivered or settled in them is not known.
    mutating func missed() { isComplete = false }

    /// Forgets everything.
    mutating func removeAll(in exchanges: inout ExchangeTable) {
        exchanges.unreserve(reserved)
        self = AMQPSubscriptions(isComplete: false)
    }

    private mutating func reserve(_ count: Int, in exchanges: inout ExchangeTable) -> Bool {
        guard exchanges.reserve(count) else { return false }
        reserved += count
        return true
    }
}
