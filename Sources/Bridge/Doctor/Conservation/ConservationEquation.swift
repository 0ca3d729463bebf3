/// What must add up in a running agent, in terms of its metrics (docs/telemetry.md): nothing is lost silently.
struct ConservationEquation {
    /// All series of a metric that have these labels, together.
    struct Term {
        let metric: String
        let labels: [String: String]

        init(_ metric: String, _ labels: [String: String] = [:]) {
            self.metric = metric
            self.labels = labels
        }
    }

    /// It in words.
    let name: String
    /// What there was.
    let whole: Term
    /// What became of it.
    let parts: [Term]
    /// A label of which each value has an equation of its own; nil when there is one for all.
    var each: String?
    /// What a remainder is while the agent runs; nil when there must be none at any moment.
    var remainder: String?

    /// All that one page of metrics can be held to.
    static let all: [ConservationEquation] = [
        ConservationEquation(
            name: "hooked = submitted + dropped", whole: Term("interspan_capture_hooked_total"),
            parts: [
                Term("interspan_capture_submitted_total"),
                Term("interspan_capture_lost_total", ["reason": "ring_full"]),
                Term("interspan_capture_lost_total", ["reason": "no_socket_state"]),
                Term("interspan_capture_lost_total", ["reason": "shed"]),
            ], remainder: "calls under way"),
        ConservationEquation(
            name: "submitted = consumed", whole: Term("interspan_capture_submitted_total"),
            parts: [Term("interspan_capture_consumed_total")], remainder: "records in the rings"),
        ConservationEquation(
            name: "opened = closed", whole: Term("interspan_capture_opened_exchanges_total"),
            parts: [Term("interspan_capture_closed_exchanges_total")], remainder: "exchanges under way"),
        ConservationEquation(
            name: "closed = judged + queue full", whole: Term("interspan_capture_closed_exchanges_total"),
            parts: [
                Term("interspan_bridge_exchanges_total"),
                Term("interspan_bridge_dropped_exchanges_total", ["reason": "queue_full"]),
            ], remainder: "ends that wait for their parent"),
        ConservationEquation(
            name: "judged = spans + unsampled + sampled out + twins + shed + telemetry + waiting",
            whole: Term("interspan_bridge_exchanges_total"),
            parts: [Term("interspan_bridge_spans_total")]
                + ["unsampled", "sampled_out", "twin", "shed", "telemetry"].map {
                    Term("interspan_bridge_dropped_exchanges_total", ["reason": $0])
                } + [Term("interspan_bridge_waiting_exchanges")]),
        ConservationEquation(
            name: "accepted = sent + dropped + queued", whole: Term("interspan_exporter_accepted_spans_total"),
            parts: [
                Term("interspan_exporter_sent_spans_total"), Term("interspan_exporter_dropped_spans_total"),
                Term("interspan_exporter_queued_spans"),
            ], each: "exporter"),
    ]

    /// It with the numbers of a page; nothing where the page has no such metric.
    func results(on page: MetricText) -> [ConservationResult] {
        guard let each else {
            return sum(whole, [:], on: page).map { [result($0, [:], name, on: page)] } ?? []
        }
        return page.values(of: each, on: whole.metric).compactMap { value in
            sum(whole, [each: value], on: page).map { result($0, [each: value], "\(value): \(name)", on: page) }
        }
    }

    private func result(
        _ left: Int64, _ labels: [String: String], _ name: String, on page: MetricText
    ) -> ConservationResult {
        let right = parts.reduce(Int64(0)) { $0 &+ (sum($1, labels, on: page) ?? 0) }
        return ConservationResult(name: name, left: left, right: right, meaning: remainder)
    }

    private func sum(_ term: Term, _ labels: [String: String], on page: MetricText) -> Int64? {
        page.sum(term.metric, labels.merging(term.labels) { _, own in own })
    }
}

/// An equation with its numbers.
struct ConservationResult: Equatable {
    /// The equation in words.
    let name: String
    let left: Int64
    let right: Int64
    /// What a remainder is; nil when there must be none.
    let meaning: String?

    /// What of the left side is not on the right. Parts may be read a moment later than the whole, and be ahead.
    var remainder: Int64 { left &- right }
    /// Whether it is as it should be.
    var holds: Bool { meaning != nil || remainder == 0 }
}
