/// What a value of a Kafka message is to us.
enum KafkaRole: UInt8 {
    /// Nothing: it is passed over.
    case none
    case topic
    /// A topic by its id alone.
    case topicID
    /// The id of the topic that was named right before.
    case itsID
    case partition
    /// An error code.
    case error
    /// A consumer group.
    case group
    /// How many replicas a producer waits for; 0: nobody answers.
    case acks
    /// Where in its partition the first message was put.
    case offset
    /// Which request of a fetch session it is: 0 begins one, -1 has none.
    case epoch
}

/// One value of a Kafka message, in the order in which they stand on the wire.
struct KafkaStep {
    /// What its bytes are.
    enum Kind: UInt8 {
        case int8, int16, int32, int64, uuid
        case string, bytes
        /// Record batches (or older message sets) behind their length in bytes.
        case records
        /// Many of the one step that follows.
        case list
        /// Many of the steps that follow, each end marked by tagged fields in flexible versions.
        case structures
        /// Tagged fields of a structure that stands by itself.
        case tags
    }

    /// What its bytes are.
    var kind: Kind
    /// What it is to us.
    var role = KafkaRole.none
    /// The first version of the API that has it.
    var first: Int16 = 0
    /// The last one.
    var last: Int16 = .max
    /// How many of the steps behind it are inside it.
    var inside: Int32 = 0
}
