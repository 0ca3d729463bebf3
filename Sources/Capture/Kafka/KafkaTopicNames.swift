/// A topic's id: a UUID that no other topic has, in this cluster or another (KIP-516).
struct KafkaTopicID: Hashable {
    var high: UInt64
    var low: UInt64

    /// What stands for no topic.
    static let none = KafkaTopicID(high: 0, low: 0)
}

/// Names of topics by their ids, as brokers told them on any connection: a client asks one broker for them and
/// produces to another by id alone. Bounded; the one learned first makes room.
final class KafkaTopicNames {
    /// Most topics that are remembered.
    static let limit = 4096
    /// Longest name of a topic, bytes.
    static let longest = 249

    private var names: [KafkaTopicID: [UInt8]] = [:]
    private var order: [KafkaTopicID] = []
    private var next = 0

    /// None.
    init() {}

    /// A broker said what a topic's name is.
    func remember(_ name: UnsafeRawBufferPointer, of id: KafkaTopicID) {
        guard !name.isEmpty, name.count <= KafkaTopicNames.longest, id != .none else { return }
        if let known = names[id] {
            if !known.elementsEqual(name) { names[id] = Array(name) }
            return
        }
        if order.count < KafkaTopicNames.limit {
            order.append(id)
        } else {
            names[order[next]] = nil
            order[next] = id
            next = (next + 1) % KafkaTopicNames.limit
        }
        names[id] = Array(name)
    }

    /// Calls `body` with a topic's name, if it is known.
    func with(_ id: KafkaTopicID, _ body: (UnsafeRawBufferPointer) -> Void) {
        guard id != .none, let name = names[id] else { return }
        name.withUnsafeBytes(body)
    }
}
