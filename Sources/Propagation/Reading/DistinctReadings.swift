/// Contexts without repetition, in the order in which they came, in bounded memory. Two that name the same span of the
/// same trace are one, whatever their dialects.
struct DistinctReadings: Sendable {
    /// Most that are remembered to know them again. What comes after so many is taken for another every time.
    static let maximumRemembered = 1024

    private struct Name: Hashable {
        var traceHigh: UInt64
        var traceLow: UInt64
        var spanID: UInt64

        init(_ context: TraceContext) {
            traceHigh = context.traceHigh
            traceLow = context.traceLow
            spanID = context.spanID
        }
    }

    /// The first of them, at most ``ContextReader/maximumOthers``.
    private(set) var list: [ContextReading] = []
    /// How many more there were.
    private(set) var leftOut: UInt32 = 0
    /// Names of all, once there are two: most messages have one.
    private var names: Set<Name> = []

    /// Forgets everything and keeps the memory.
    mutating func removeAll() {
        if list.isEmpty { return }
        list.removeAll(keepingCapacity: true)
        leftOut = 0
        if !names.isEmpty { names.removeAll(keepingCapacity: true) }
    }

    /// Adds a context unless it is known.
    mutating func insert(_ reading: ContextReading) {
        guard let first = list.first else {
            list.append(reading)
            return
        }
        let name = Name(reading.context)
        if name == Name(first.context) { return }
        if names.isEmpty { names.insert(Name(first.context)) }
        if names.count < DistinctReadings.maximumRemembered {
            guard names.insert(name).inserted else { return }
        } else if names.contains(name) {
            return
        }
        if list.count < ContextReader.maximumOthers {
            list.append(reading)
        } else {
            leftOut &+= 1
        }
    }

    /// Whether a context names the same span as one of these.
    func contains(_ reading: ContextReading) -> Bool {
        guard let first = list.first else { return false }
        return Name(first.context) == Name(reading.context) || names.contains(Name(reading.context))
    }
}
