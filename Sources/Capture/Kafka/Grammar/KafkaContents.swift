/// What a walk over a message has found. Texts are borrowed from the message.
struct KafkaContents {
    /// A topic, by its name, its id, or both.
    struct Topic {
        var name = UnsafeRawBufferPointer(start: nil, count: 0)
        var id = KafkaTopicID.none
    }

    /// The first topic.
    var topic = Topic()
    /// How many topics there are.
    var topics = 0
    /// The first partition.
    var partition: Int64 = 0
    /// How many partitions there are, of all topics.
    var partitions = 0
    /// A consumer group.
    var group = UnsafeRawBufferPointer(start: nil, count: 0)
    /// The first error code; 0 for none.
    var error: Int16 = 0
    /// How many replicas a producer waits for.
    var acks: Int16 = -1
    /// Where the first message was put.
    var offset: Int64 = -1
    /// Which request of a fetch session it is.
    var epoch: Int32 = -1
    /// Messages that are there.
    var records = KafkaRecordSummary()
    /// The first topic and partition that have messages.
    var delivered: (topic: Topic, partition: Int64)?
    /// How many partitions have messages.
    var deliveries = 0
    /// Where it is remembered which topic has which id, if what the message says of that is to be believed.
    var names: KafkaTopicNames?

    private var current: (topic: Topic, partition: Int64) = (Topic(), 0)

    /// Nothing yet.
    init() {}

    mutating func take(_ role: KafkaRole, number: Int64) {
        switch role {
        case .partition:
            if partitions == 0 { partition = number }
            partitions += 1
            current.partition = number
        case .error: if error == 0 { error = Int16(truncatingIfNeeded: number) }
        case .acks: acks = Int16(truncatingIfNeeded: number)
        case .offset: if offset < 0 { offset = number }
        case .epoch: epoch = Int32(truncatingIfNeeded: number)
        default: break
        }
    }

    mutating func take(_ role: KafkaRole, text: UnsafeRawBufferPointer) {
        switch role {
        case .topic: begin(Topic(name: text))
        case .group: if group.isEmpty { group = text }
        default: break
        }
    }

    mutating func take(_ role: KafkaRole, id: KafkaTopicID) {
        switch role {
        case .topicID: begin(Topic(id: id))
        case .itsID: names?.remember(current.topic.name, of: id)
        default: break
        }
    }

    /// Messages of the current topic and partition are there.
    mutating func deliver() {
        if deliveries == 0 { delivered = current }
        deliveries += 1
    }

    private mutating func begin(_ topic: Topic) {
        if topics == 0 { self.topic = topic }
        topics += 1
        current.topic = topic
    }
}
