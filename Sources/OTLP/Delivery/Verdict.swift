/// What became of an attempt to deliver a request.
enum Verdict: Equatable {
    /// Taken, but for so many items; the message is for people.
    case delivered(rejected: Int, message: String)
    /// Not now; after so many ns if the backend said so.
    case retry(why: String, after: UInt64? = nil)
    /// Never.
    case refused(why: String)
    /// Nothing was sent, because the connection was not of the kind that libcurl had been told to expect: once more, at
    /// once. See ``PriorKnowledge``.
    case startOver
}
