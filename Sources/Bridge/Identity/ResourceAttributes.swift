internal import OTLP

/// Attributes of a resource as they are put together: of two with one key the first stays.
struct ResourceAttributes {
    /// Most attributes: a process declares as many as it likes.
    static let most = 256

    /// All, in the order in which they came.
    private(set) var all: [(key: String, value: ResourceValue)] = []
    private var keys: Set<String> = []

    /// None.
    init() {}

    /// Adds a text; nothing where there is none.
    mutating func add(_ key: String, _ value: String?) {
        if let value { add([(key, .string(value))]) }
    }

    /// Adds several.
    mutating func add(_ attributes: [(key: String, value: ResourceValue)]) {
        for attribute in attributes where all.count < Self.most && keys.insert(attribute.key).inserted {
            all.append(attribute)
        }
    }
}
