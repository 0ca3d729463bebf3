internal import OTLP

/// What `/healthz` says: whether the agent's threads go on. Whoever asks may restart the agent if they do not.
struct HealthReport {
    /// Threads that should have gone on and have not.
    var stalled: [String]
    /// How long the agent has been up, ns.
    var uptime: UInt64

    /// The answer.
    var answer: EndpointAnswer {
        var members: [(String, JSONText)] = [("status", .string(stalled.isEmpty ? "ok" : "stalled"))]
        if !stalled.isEmpty { members.append(("threads", .array(stalled.map(JSONText.string)))) }
        members.append(("version", .string(Version.number)))
        members.append(("uptime_seconds", .integer(Int64(clamping: uptime / 1_000_000_000))))
        return .json(.object(members), isGood: stalled.isEmpty)
    }
}

extension EndpointAnswer {
    /// What is said of the agent's state: 200, or 503.
    static func json(_ body: JSONText, isGood: Bool) -> EndpointAnswer {
        EndpointAnswer(
            status: isGood ? 200 : 503, contentType: "application/json", body: Array((body.text() + "\n").utf8))
    }
}
