/// The topics that one side has given numbers to (MQTT 5, 3.3.2.3.4).
struct MQTTAliases {
    /// Most topics that are remembered.
    private static let most = 128
    /// Longest of them, bytes.
    private static let longest = 1024

    private struct Entry {
        var number: UInt16
        var topic: [UInt8]
    }

    private var entries: ContiguousArray<Entry> = []
    private var reserved = 0

    /// A number stands for a topic from now on.
    mutating func set(_ number: UInt16, _ topic: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        if let index = entries.firstIndex(where: { $0.number == number }) {
            if entries[index].topic.elementsEqual(topic) { return }
            entries.remove(at: index)
        }
        let size = topic.count + 48
        guard entries.count < MQTTAliases.most, topic.count <= MQTTAliases.longest, exchanges.reserve(size) else {
            return
        }
        reserved += size
        entries.append(Entry(number: number, topic: Array(topic)))
    }

    /// The topic that a number stands for, for the time of the call, if that is known.
    func with(_ number: UInt16, _ body: (UnsafeRawBufferPointer) -> Void) {
        guard let entry = entries.first(where: { $0.number == number }) else { return }
        entry.topic.withUnsafeBytes(body)
    }

    /// Forgets all of them.
    mutating func removeAll(in exchanges: inout ExchangeTable) {
        exchanges.unreserve(reserved)
        reserved = 0
        entries.removeAll(keepingCapacity: true)
    }
}
