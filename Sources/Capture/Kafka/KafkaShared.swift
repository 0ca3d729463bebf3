/// What all Kafka connections have in common. Used by the thread that parses.
final class KafkaShared {
    /// Which topic has which id.
    let names = KafkaTopicNames()
    /// Reads compressed batches.
    let decompressor = Decompressor()
    /// Hashes of the contexts that the messages of a batch carried.
    var seen: ContiguousArray<UInt64> = []

    /// Nothing yet.
    init() {}
}
