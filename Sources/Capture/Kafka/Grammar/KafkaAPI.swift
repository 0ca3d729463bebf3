/// One of Kafka's requests, with what is of interest in it and in its response.
struct KafkaAPI {
    /// What becomes of its exchanges.
    enum Use: UInt8 {
        /// They are of interest.
        case request
        /// They hand messages over.
        case send
        /// They ask for messages.
        case poll
        /// They say what became of messages.
        case settle
        /// They are of interest when they fail: a log-in, a sign of life.
        case silent
    }

    /// Its name on spans.
    let name: StaticString
    /// The highest version that was known when this was written. Higher ones are read like it.
    let latest: Int16
    /// The first version whose lengths are compact and whose structures end with tagged fields (KIP-482).
    let flexible: Int16
    /// What becomes of its exchanges.
    let use: Use
    /// The request behind its header, as far as it is of interest.
    let request: ContiguousArray<KafkaStep>
    /// The response behind its header, likewise.
    let response: ContiguousArray<KafkaStep>

    /// An API; the texts are of ``KafkaGrammar``, and nothing is known of a message whose text is ill-formed.
    init(
        _ name: StaticString, _ latest: Int16, flexible: Int16 = .max, _ use: Use = .request,
        _ request: StaticString = "", _ response: StaticString = ""
    ) {
        self.name = name
        self.latest = latest
        self.flexible = flexible
        self.use = use
        self.request = KafkaAPI.steps(request)
        self.response = KafkaAPI.steps(response)
    }

    private static func steps(_ text: StaticString) -> ContiguousArray<KafkaStep> {
        let steps = KafkaGrammar.steps(text)
        assert(steps != nil, "\(text)")
        return ContiguousArray(steps ?? [])
    }

    static let produce: Int16 = 0
    static let fetch: Int16 = 1
    static let controlledShutdown: Int16 = 7
    static let joinGroup: Int16 = 11
    static let saslHandshake: Int16 = 17
    static let apiVersions: Int16 = 18

    /// The API of a key; nil for one that there is none of.
    static func of(_ key: Int16) -> KafkaAPI? {
        key >= 0 && Int(key) < all.count ? all[Int(key)] : nil
    }
}
