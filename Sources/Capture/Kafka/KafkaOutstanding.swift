/// A request whose response has not come.
struct KafkaRequest {
    /// By what its response is found.
    var id: Int32
    /// Which API.
    var key: Int16
    /// In which version.
    var version: Int16
    /// Its exchange.
    var handle: ExchangeHandle
    /// Whether its exchange has a destination.
    var hasDestination: Bool
}

/// The requests of a connection whose responses have not come, oldest first. Brokers answer in the order of the
/// requests, so that the first one is nearly always the one that is looked for.
struct KafkaOutstanding {
    /// Most of them. Clients have five under way, or a few more.
    static let limit = 256

    private var requests: ContiguousArray<KafkaRequest> = []

    /// None.
    init() {}

    /// Whether there is none.
    var isEmpty: Bool { requests.isEmpty }
    /// The number of the one that is answered next.
    var nextID: Int32? { requests.first?.id }

    /// Whether a number is one of theirs.
    func contains(_ id: Int32) -> Bool { requests.contains { $0.id == id } }

    /// Adds a request; the oldest one makes room, and is returned.
    mutating func append(_ request: KafkaRequest) -> KafkaRequest? {
        let oldest = requests.count < KafkaOutstanding.limit ? nil : requests.removeFirst()
        requests.append(request)
        return oldest
    }

    /// Removes the oldest of a number, and tells how many are older than it.
    mutating func remove(_ id: Int32) -> (request: KafkaRequest, older: Int)? {
        guard let index = requests.firstIndex(where: { $0.id == id }) else { return nil }
        return (requests.remove(at: index), index)
    }

    /// Removes the oldest.
    mutating func removeFirst() -> KafkaRequest { requests.removeFirst() }

    /// Forgets all of them.
    mutating func removeAll() { requests = [] }
}
