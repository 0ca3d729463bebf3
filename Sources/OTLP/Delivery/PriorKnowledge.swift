/// Which way libcurl is to speak HTTP/2 without TLS. A value.
///
/// libcurl 7.88 takes a request with "prior knowledge" for a connection's first only: on one that is used already it
/// switches to HTTP/2 a second time and fails (curl issue 10634). Asked for plain HTTP/2 instead, it joins a connection,
/// but opens one with an HTTP/1.1 upgrade, which gRPC servers do not know. Which will happen is known only to libcurl,
/// so each attempt is made with a belief, and one whose connection turns out to be of the other kind is ended before it
/// has sent anything (CURLOPT_PREREQFUNCTION(3)) and begins again.
struct PriorKnowledge {
    /// What an attempt believes.
    enum Belief: Equatable {
        /// It will open a connection: prior knowledge.
        case opens
        /// It will find one, or wait for the one that is being opened: plain HTTP/2.
        case joins
    }

    private var isConnected = false

    /// The belief of the next attempt. Until one has failed, those after the first find its connection.
    mutating func next() -> Belief {
        guard !isConnected else { return .joins }
        isConnected = true
        return .opens
    }

    /// What an attempt that has ended teaches.
    /// - Parameters:
    ///   - wasWrong: whether it ended because its connection was of the other kind.
    ///   - failed: whether it ended without an answer.
    mutating func learn(_ belief: Belief, wasWrong: Bool, failed: Bool) {
        if wasWrong {
            isConnected = belief == .opens
        } else if failed, belief == .opens {
            isConnected = false
        }
    }
}
