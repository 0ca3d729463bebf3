/// The one topic that a connection's fetch session is about. A session's later requests name only what changed
/// (KIP-227).
struct KafkaSession {
    private let name = KeptBytes()
    private var id = KafkaTopicID.none
    private var topics = 0
    private var reserved = 0

    /// No session.
    init() {}

    /// The one topic; nil when there are several, or none is known.
    var topic: KafkaContents.Topic? { topics == 1 ? KafkaContents.Topic(name: name.bytes, id: id) : nil }

    /// A request of the session named topics.
    ///
    /// - Parameter isCut: whether there may be more of them.
    mutating func take(_ contents: KafkaContents, isCut: Bool, in exchanges: inout ExchangeTable) {
        // 0 begins a session, -1 is without one.
        if contents.epoch <= 0 { forget(in: &exchanges) }
        guard contents.topics > 0 else { return }
        let isSame = contents.topics == 1 && id == contents.topic.id && name.bytes.elementsEqual(contents.topic.name)
        guard isCut || topics == 0 || !isSame else { return }
        guard !isCut, topics == 0, contents.topics == 1, contents.topic.name.count <= KafkaTopicNames.longest,
            exchanges.reserve(contents.topic.name.count)
        else {
            topics = 2
            return
        }
        reserved = contents.topic.name.count
        name.append(contents.topic.name)
        id = contents.topic.id
        topics = 1
    }

    /// The session is over.
    mutating func forget(in exchanges: inout ExchangeTable) {
        name.clear(retaining: 0)
        exchanges.unreserve(reserved)
        (id, topics, reserved) = (.none, 0, 0)
    }
}
