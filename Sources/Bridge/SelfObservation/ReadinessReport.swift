internal import OTLP

/// What `/readyz` says: whether the agent does all that it is there for, and what keeps it from that. Names of the
/// configuration and fixed words only: nothing of a URL, a header, or what a backend has written.
struct ReadinessReport {
    /// An exporter, with what is known of whom it delivers to.
    struct Exporter {
        var name: String
        var signal: Signal
        /// Nil when it delivers to nobody who could be away.
        var backend: Backend.State?
    }

    /// What is not ready, and why.
    struct Obstacle: Equatable {
        var part: String
        var signal: Signal?
        var reason: String
    }

    /// What is not ready; none when the agent is.
    let obstacles: [Obstacle]

    /// Of how far the agent has come, and of its exporters.
    init(phase: AgentState.Phase, usesCapture: Bool, exporters: [Exporter]) {
        var obstacles: [Obstacle] = []
        switch phase {
        case .starting:
            let reason = usesCapture ? "programs are not attached yet" : "receivers do not listen yet"
            obstacles.append(Obstacle(part: "agent", signal: nil, reason: reason))
        case .ending: obstacles.append(Obstacle(part: "agent", signal: nil, reason: "it is ending"))
        case .active: break
        }
        for exporter in exporters {
            let reason: String
            switch exporter.backend {
            case nil, .answering: continue
            case .untried: reason = "nothing was tried yet"
            case .silent(let why): reason = why
            }
            obstacles.append(Obstacle(part: exporter.name, signal: exporter.signal, reason: reason))
        }
        self.obstacles = obstacles
    }

    /// The answer.
    var answer: EndpointAnswer {
        guard !obstacles.isEmpty else { return .json(.object([("status", .string("ready"))]), isGood: true) }
        let reasons = obstacles.map { obstacle in
            var members: [(String, JSONText)] = [("part", .string(obstacle.part))]
            if let signal = obstacle.signal { members.append(("signal", .string(signal.pipelineType))) }
            members.append(("reason", .string(obstacle.reason)))
            return JSONText.object(members)
        }
        return .json(.object([("status", .string("not ready")), ("waits_for", .array(reasons))]), isGood: false)
    }
}
