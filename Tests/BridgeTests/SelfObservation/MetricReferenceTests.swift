import Testing

@testable import Bridge
@testable import Capture
@testable import OTLP

/// Every metric is named well, explained, and in docs/telemetry.md.
@Suite struct MetricReferenceTests {
    typealias Support = ConfigurationTestSupport

    private var families: [MetricPage.Family] { MetricSamples.page(MetricSamples.everything).families }

    @Test func theDocumentListsWhatThePageHas() throws {
        let documented = try Support.text("docs/telemetry.md").split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix("| `interspan_") || $0.hasPrefix("| `traces_") }
        let rows = families.map { family in
            let labels = family.labels.map { "`\($0)`" }.joined(separator: ", ")
            return "| `\(family.name)` | \(family.kind.rawValue) | \(labels) | \(family.help) |"
        }
        let missing = rows.filter { !documented.contains($0) }
        let surplus = documented.filter { !rows.contains($0) }
        #expect(missing.isEmpty, "docs/telemetry.md lacks:\n\(missing.joined(separator: "\n"))")
        #expect(surplus.isEmpty, "docs/telemetry.md has what there is not:\n\(surplus.joined(separator: "\n"))")
        #expect(documented.count == Set(documented).count)
    }

    @Test func everyFamilyIsThereOnceAndSaysWhatItMeans() {
        let names = families.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.count > 90)
        for family in families {
            #expect(!family.help.isEmpty && family.help.hasSuffix("."), "\(family.name) is not explained")
            #expect(!family.help.contains("|") && family.help.utf8.count <= LabelText.mostBytes, "\(family.name)")
            #expect(family.name.hasPrefix("interspan_") || family.name.hasPrefix("traces_"), "\(family.name)")
            let isGood = family.name.utf8.allSatisfy { (97...122).contains($0) || $0 == 95 || (48...57).contains($0) }
            #expect(isGood, "\(family.name) is no name of a metric")
            #expect((family.kind == .counter) == family.name.hasSuffix("_total"), "\(family.name)")
        }
    }

    @Test func theCollectorsNamesAreThere() {
        let names = Set(families.map(\.name))
        for name in [
            "receiver_accepted_spans_total", "receiver_refused_spans_total", "exporter_sent_spans_total",
            "exporter_send_failed_spans_total", "exporter_enqueue_failed_spans_total", "exporter_queue_size",
            "exporter_queue_capacity", "exporter_dropped_spans_total", "receiver_accepted_metric_points_total",
            "exporter_sent_log_records_total", "process_uptime_seconds_total", "process_memory_rss_bytes",
        ] {
            #expect(names.contains("interspan_" + name), "\(name)")
        }
        #expect(
            names.isSuperset(of: [
                "traces_spanmetrics_calls_total", "traces_spanmetrics_latency", "traces_service_graph_request_total",
                "traces_service_graph_request_failed_total", "traces_service_graph_request_server_seconds",
                "traces_service_graph_request_client_seconds", "interspan_merge_torn_total",
            ]))
    }

    @Test func countersAddUpOnThePage() {
        var snapshot = MetricSamples.everything
        var counters = ExporterCounters()
        (counters.accepted, counters.sent, counters.queued) = (100, 60, 10)
        counters.drop(20, .rejected)
        counters.drop(10, .shutdown)
        snapshot.exporters = [ExporterStatus(name: "otlp/x", counters: counters)]
        snapshot.bridge?.counted.stage.spans = 70
        snapshot.bridge?.counted.stage.unsampled = 30
        snapshot.bridge?.counted.stage.telemetry[.scrape] = 8
        snapshot.bridge?.counted.sample?.out.add(4, .ratio)
        snapshot.bridge?.counted.sample?.out.add(5, .rateLimit)
        snapshot.bridge?.labelsLeftOut = 6
        snapshot.capture?.capture.filtered.unselected = 11
        snapshot.capture?.selection.leftOut = 12
        let page = MetricSamples.page(snapshot)
        func number(_ series: String) -> Int { MetricSamples.value(series, on: page).flatMap { Int($0) } ?? -1 }
        let exporter = #"{exporter="otlp/x"}"#
        #expect(number("interspan_exporter_accepted_spans_total" + exporter) == 100)
        #expect(number("interspan_exporter_sent_spans_total" + exporter) == 60)
        #expect(number("interspan_exporter_send_failed_spans_total" + exporter) == 20)
        #expect(number("interspan_exporter_queued_spans" + exporter) == 10)
        #expect(number(#"interspan_exporter_dropped_spans_total{exporter="otlp/x",reason="shutdown"}"#) == 10)
        #expect(number("interspan_bridge_spans_total") == 70)
        #expect(number(#"interspan_bridge_dropped_exchanges_total{reason="unsampled",kind=""}"#) == 30)
        #expect(number(#"interspan_bridge_dropped_exchanges_total{reason="telemetry",kind="scrape"}"#) == 8)
        #expect(number(#"interspan_bridge_dropped_exchanges_total{reason="sampled_out",kind=""}"#) == 9)
        #expect(number(#"interspan_sample_left_out_spans_total{origin="captured",reason="rate_limit"}"#) == 5)
        #expect(number("interspan_identity_labels_left_out_total") == 6)
        #expect(number(#"interspan_capture_filtered_total{reason="unselected"}"#) == 11)
        #expect(number(#"interspan_capture_judged_processes_total{outcome="left_out"}"#) == 12)
        #expect(
            MetricSamples.value(#"interspan_exporter_backend_up{exporter="otlp/x",data_type="traces"}"#, on: page)
                == nil)
    }

    @Test func whatIsNotCapturedHasNoNumbers() {
        let names = MetricSamples.page(MetricSnapshot()).families.map(\.name)
        #expect(!names.contains { $0.hasPrefix("interspan_capture_") || $0.hasPrefix("traces_") })
    }

    @Test func theAgentsOwnProcessIsRead() {
        let usage = ProcessUsage.now()
        #expect(usage.residentBytes > 1 << 20)
        #expect(usage.threadCount > 0 && usage.openFiles > 2 && usage.mostFiles >= usage.openFiles)
        #expect(usage.began > 1_600_000_000)
        #expect(usage.threads.count <= 32 && !usage.threads.isEmpty)
    }

    @Test func aStatLineIsReadWhateverTheNameIs() {
        let line = "7 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 3 18 19 20"
        let stat = ProcessUsage.Stat(Array(line.utf8))
        #expect(stat?.name == "a) b (c")
        #expect(stat?.ticks == 23)
        #expect(stat?.threads == 3)
        #expect(stat?.began == 19)
        for wrong in ["", "7", "7 (a", ") (", "7 (a) S 1 2"] { #expect(ProcessUsage.Stat(Array(wrong.utf8)) == nil) }
    }
}
