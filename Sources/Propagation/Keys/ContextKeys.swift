/// Names that the configuration gives for ids of a trace (`merge.keys`), for what no dialect has.
///
/// Of each list the first that is on the message with a valid value wins. A trace's id is 16 or 32 hexadecimal digits in
/// either case, or a UUID with its dashes; a span's is 16. 16 digits are padded on the left. Digits are never read as
/// decimal: most decimal numbers are hexadecimal ones as well, and nothing tells which was meant.
public struct ContextKeys: Sendable, Hashable {
    /// Most names of a list that are heeded.
    public static let maximumNames = 32

    /// Names of the trace's id, in lower case, each once. Without any there is no context.
    public let traceID: [String]
    /// Names of the caller's span's id, in lower case, each once.
    public let spanID: [String]

    /// These names. Empty ones, and those that are there already in another case, are left out.
    public init(traceID: [String] = [], spanID: [String] = []) {
        self.traceID = ContextKeys.distinct(traceID)
        self.spanID = ContextKeys.distinct(spanID)
    }

    /// Whether there is nothing that a context could be read from.
    public var isEmpty: Bool { traceID.isEmpty }

    /// All names, in lower case.
    public var names: [String] { traceID + spanID.filter { !traceID.contains($0) } }

    private static func distinct(_ names: [String]) -> [String] {
        var distinct: [String] = []
        for name in names.lazy.map({ $0.lowercased() }) where !name.isEmpty && !distinct.contains(name) {
            distinct.append(name)
        }
        return Array(distinct.prefix(maximumNames))
    }
}
