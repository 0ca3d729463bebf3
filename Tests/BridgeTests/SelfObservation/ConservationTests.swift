import Testing

@testable import Bridge
@testable import Capture
@testable import OTLP

/// Whether what an agent counts adds up, as `doctor` asks it.
@Suite struct ConservationTests {
    private func results(_ snapshot: MetricSnapshot) -> [ConservationResult] {
        guard case .answered(let results) = ConservationReport.read(MetricSamples.page(snapshot).finished()) else {
            return []
        }
        return results
    }

    /// A snapshot in which everything adds up, with something of each reason.
    private var balanced: MetricSnapshot {
        var snapshot = MetricSamples.everything
        snapshot.capture?.capture.hooked = 110
        snapshot.capture?.capture.losses[.ringFull] = 3
        snapshot.capture?.capture.losses[.noSocketState] = 7
        snapshot.capture?.capture.submitted = 100
        snapshot.capture?.capture.consumed = 100
        snapshot.capture?.capture.opened = 37
        snapshot.capture?.capture.closed = 37
        snapshot.capture?.refused.ends = 2
        snapshot.bridge?.counted.stage.clients[.http1] = 30
        snapshot.bridge?.counted.stage.servers[.mysql] = 5
        snapshot.bridge?.counted.stage.spans = 10
        snapshot.bridge?.counted.stage.unsampled = 6
        snapshot.bridge?.counted.sample?.out.add(5, .ratio)
        snapshot.bridge?.counted.stage.twins = 4
        snapshot.bridge?.counted.stage.telemetry[.otlp] = 3
        snapshot.bridge?.counted.stage.telemetry[.caused] = 5
        snapshot.bridge?.counted.waiting = 2
        var counters = ExporterCounters()
        (counters.accepted, counters.sent, counters.queued) = (100, 60, 10)
        counters.drop(30, .rejected)
        snapshot.exporters = [
            ExporterStatus(name: "file", counters: counters), ExporterStatus(name: "otlp\"x", counters: counters),
        ]
        return snapshot
    }

    @Test func everyEquationHoldsWhereEverythingAddsUp() {
        let results = results(balanced)
        #expect(results.count == ConservationEquation.all.count + 1)
        for result in results { #expect(result.remainder == 0 && result.holds, "\(result)") }
        #expect(results.map(\.left) == [110, 100, 37, 37, 35, 100, 100])
        #expect(results.last?.name == "otlp\"x: accepted = sent + dropped + queued")
    }

    @Test func whatIsMissingIsSeenInTheEquationItIsMissingFrom() {
        var snapshot = balanced
        snapshot.bridge?.counted.stage.telemetry[.caused] = 4
        #expect(results(snapshot).map(\.remainder) == [0, 0, 0, 0, 1, 0, 0])
        #expect(results(snapshot).map(\.holds) == [true, true, true, true, false, true, true])
        snapshot = balanced
        snapshot.exporters[0].counters.sent -= 1
        #expect(results(snapshot).map(\.remainder) == [0, 0, 0, 0, 0, 1, 0])
    }

    @Test func whatIsUnderWayIsNoFault() {
        var snapshot = balanced
        snapshot.capture?.capture.consumed = 98
        snapshot.capture?.capture.opened = 36
        #expect(results(snapshot).map(\.remainder) == [0, 2, -1, 0, 0, 0, 0])
        #expect(results(snapshot).map(\.holds) == [true, true, true, true, true, true, true])
    }

    @Test func everyMetricOfAnEquationIsOnThePageAndEveryReasonInOne() {
        let page = MetricText(MetricSamples.page(MetricSamples.everything).finished())
        for equation in ConservationEquation.all {
            for term in [equation.whole] + equation.parts {
                #expect(
                    page.sum(term.metric, term.labels) != nil || term.metric.hasSuffix("dropped_spans_total"), "\(term)"
                )
            }
        }
        let dropped = "interspan_bridge_dropped_exchanges_total"
        let used = ConservationEquation.all.flatMap(\.parts).filter { $0.metric == dropped }.compactMap {
            $0.labels["reason"]
        }
        #expect(page.values(of: "reason", on: dropped) == used.sorted())
    }

    @Test func anAgentThatCapturesNothingHasExportersAlone() {
        var snapshot = MetricSnapshot()
        snapshot.exporters = balanced.exporters
        #expect(results(snapshot).count == 2)
    }

    @Test(arguments: [
        "", "\n\n", "# HELP", "<html>", "a", "a b", "a 1e400", "a{", "a{b", "a{b=", "a{b=\"", "a{b=\"c\\", "a{b=\"c\"",
        "a{b=\"c\"} ", "a{b=\"c\" 1", "{} 1", "a NaN", "a{,} 1", "a{b=\"c\"}} 1 2 3",
    ]) func whoeverAnswersIsNoAgent(_ page: String) {
        guard case .unanswered = ConservationReport.read(Array(page.utf8)) else { return #expect(Bool(false)) }
        let page = "interspan_build_info{version=\"1\"} 1\n" + page + "\ninterspan_capture_opened_exchanges_total 9"
        guard case .answered(let results) = ConservationReport.read(Array(page.utf8)) else {
            return #expect(Bool(false))
        }
        #expect(results.map(\.name) == ["opened = closed"])
    }

    @Test func labelsAreReadAsTheyAreWritten() {
        let value = "a\"b\\c\nd,e}f"
        var page = MetricPage()
        page.add(
            "x", .gauge, "Help.", [([("l", value), ("m", "")], .integer(7)), ([("l", "y"), ("m", "")], .integer(8))])
        let text = MetricText(page.finished())
        #expect(text.values(of: "l", on: "x") == [value, "y"].sorted())
        #expect(text.sum("x", ["l": value]) == 7 && text.sum("x", [:]) == 15 && text.sum("x", ["m": ""]) == 15)
        #expect(text.sum("x", ["l": "z"]) == nil && text.sum("y", [:]) == nil)
    }

    @Test func doctorSaysWhatAddsUp() {
        let report = DoctorTests.good
        let outcome = ConservationReport.read(MetricSamples.page(balanced).finished())
        let doctor = Doctor(
            report: report, conservation: ConservationReport(address: "127.0.0.1:8889", outcome: outcome))
        let text = doctor.text(coloured: false)
        #expect(text.contains("agent         answers at 127.0.0.1:8889\n"))
        #expect(text.contains("  ok  submitted = consumed"))
        #expect(doctor.json.contains("\"equation\": \"opened = closed\""))
        let silent = Doctor(
            report: report, conservation: ConservationReport(address: "[::1]:1", outcome: .unanswered("refused")))
        #expect(silent.text(coloured: false).contains("none answers at [::1]:1: refused"))
        #expect(!silent.text(coloured: false).contains("conservation"))
    }

    @Test func nobodyIsAskedWhereThereAreNoMetrics() {
        var configuration = MetricsConfiguration()
        configuration.address = "none"
        guard case .unasked = ConservationReport.ask(configuration).outcome else { return #expect(Bool(false)) }
    }

    @Test func whatIsReadIsWhatThereAreParsersFor() {
        let line = Doctor.otherProtocols
        for name in ["HTTP/1", "HTTP/2, gRPC", "MySQL, MariaDB", "Kafka", "Dubbo"] { #expect(line.contains(name)) }
        #expect(!line.contains("TLS"))
    }
}
