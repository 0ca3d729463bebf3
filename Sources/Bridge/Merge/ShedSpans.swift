/// Spans that will not be there because their exchange was left out under overload, and what hangs from them hangs from
/// instead. Bounded: the oldest make room.
struct ShedSpans {
    /// Ancestors that are looked at.
    private static let maximumDepth = 64

    private var parents: RecentTable<UInt64, UInt64>

    /// - Parameter maximum: most that are remembered, at least 1.
    init(maximum: Int) { parents = RecentTable(maximum: maximum) }

    /// A span will not be there.
    ///
    /// - Parameter parent: what it would have hung from; 0 for nothing.
    mutating func insert(_ span: UInt64, below parent: UInt64) { parents.note(parent, of: span) }

    /// The nearest ancestor that is there, a span itself where it is; 0 where there is none.
    func standing(for span: UInt64) -> UInt64 {
        guard !parents.isEmpty else { return span }
        var span = span
        for _ in 0..<ShedSpans.maximumDepth {
            guard let parent = parents[span] else { return span }
            span = parent
        }
        return 0
    }
}
