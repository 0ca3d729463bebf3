internal import Propagation

/// What the configuration says of spans' texts.
struct MappingOptions: Sendable {
    /// Members of baggage that become attributes.
    var baggage: [String] = []
    /// Reads the comments of statements; nil leaves them unread.
    var comments: SQLCommentReader? = SQLCommentReader()
    /// Headers that become attributes, in lower case.
    var headers: [String] = []
    /// What is done with the queries of URLs.
    var query = TextRule.mask
    /// What is done with the text of SQL statements.
    var sql = TextRule.mask
    /// What is replaced wherever it occurs.
    var patterns: PatternSet?
    /// Routes beside those that are learned.
    var routes: [RouteTemplate] = []

    /// The same with what merging says of texts.
    func with(_ merge: MergeOptions) -> Self {
        var options = self
        (options.baggage, options.comments) = (merge.baggage, merge.comments)
        return options
    }
}
