internal import OTLP

/// Whether what a running agent counts adds up: asked of its metrics, where the configuration says they are.
struct ConservationReport {
    /// What came of asking.
    enum Outcome {
        /// The configuration has no metrics.
        case unasked
        /// Nobody answered as an agent does, and why.
        case unanswered(String)
        case answered([ConservationResult])
    }

    /// Most time that an agent is given, ns.
    private static let patience: UInt64 = 2_000_000_000
    /// Most bytes of its page.
    private static let mostBytes = 8 << 20

    /// Where it was asked.
    let address: String
    let outcome: Outcome

    /// Nobody was asked.
    static let unasked = ConservationReport(address: "", outcome: .unasked)

    /// Asks the agent of a configuration.
    static func ask(_ configuration: MetricsConfiguration) -> ConservationReport {
        guard let place = configuration.place, place.port > 0 else { return .unasked }
        let host = place.isWildcard ? (place.host == "::" ? "::1" : "127.0.0.1") : place.host
        let isIPv6 = host.utf8.contains(UInt8(ascii: ":"))
        // A zone's mark is written as RFC 6874 has it.
        let name = isIPv6 ? "[" + host.split(separator: "%").joined(separator: "%25") + "]" : host
        var fetch = HTTPFetch(url: "http://\(name):\(place.port)/metrics")
        fetch.timeout = patience
        fetch.mostBytes = mostBytes
        let address = "\(isIPv6 ? "[\(host)]" : host):\(place.port)"
        do throws(FetchFailure) {
            return ConservationReport(address: address, outcome: read(try fetch.get()))
        } catch {
            return ConservationReport(address: address, outcome: .unanswered(error.text))
        }
    }

    /// Holds a page to all equations.
    static func read(_ page: [UInt8]) -> Outcome {
        let page = MetricText(page)
        guard page.has("interspan_build_info") else { return .unanswered("it is no agent that answers") }
        return .answered(ConservationEquation.all.flatMap { $0.results(on: page) })
    }

    /// Who was asked, in a few words; nil where nobody was.
    var agent: String? {
        switch outcome {
        case .unasked: nil
        case .unanswered(let why): "none answers at \(address): \(why)"
        case .answered: "answers at \(address)"
        }
    }

    /// Lines for people, with whether each is as it should be.
    var lines: [(isGood: Bool, name: String, detail: String, problem: String?)] {
        guard case .answered(let results) = outcome else { return [] }
        return results.map { result in
            let sign = result.remainder < 0 ? "-" : "+"
            let rest = "\(sign) \(result.remainder.magnitude) \(result.meaning ?? "missing")"
            return (
                result.holds, ConfigurationProblems.printable(result.name), "\(result.left) = \(result.right)",
                result.remainder == 0 ? nil : rest
            )
        }
    }

    /// For programs: null where nobody was asked, else an object with `address`, `problem` and `equations`.
    var json: JSONText {
        switch outcome {
        case .unasked: .null
        case .unanswered(let why): object(why, [])
        case .answered(let results): object(nil, results)
        }
    }

    private func object(_ problem: String?, _ results: [ConservationResult]) -> JSONText {
        let equations = results.map { result in
            JSONText.object([
                ("equation", .string(result.name)), ("left", .integer(result.left)), ("right", .integer(result.right)),
                ("remainder", .integer(result.remainder)), ("meaning", .optional(result.meaning)),
                ("holds", .bool(result.holds)),
            ])
        }
        return .object([
            ("address", .string(address)), ("problem", .optional(problem)), ("equations", .array(equations)),
        ])
    }
}
