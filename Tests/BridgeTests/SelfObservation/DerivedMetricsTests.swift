import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP
@testable import Propagation

/// What spans say together.
@Suite struct DerivedMetricsTests {
    private func value(_ series: String, _ derived: DerivedMetrics) -> String? {
        MetricSamples.value(series, on: DerivedSamples.page(derived))
    }

    @Test func spansAreCountedByServiceOperationKindStatusAndPeer() {
        var derived = DerivedMetrics()
        for number in 0..<3 { DerivedSamples.take(UInt64(number), .client, into: &derived) }
        DerivedSamples.take(9, .client, failed: true, into: &derived)
        let labels =
            #"service="shop",span_name="GET /",span_kind="SPAN_KIND_CLIENT",status_code="STATUS_CODE_UNSET",server_address="10.0.0.1""#
        #expect(value("traces_spanmetrics_calls_total{\(labels)}", derived) == "3")
        #expect(value("traces_spanmetrics_latency_bucket{\(labels),le=\"0.002\"}", derived) == "0")
        #expect(value("traces_spanmetrics_latency_bucket{\(labels),le=\"0.004\"}", derived) == "3")
        #expect(value("traces_spanmetrics_latency_count{\(labels)}", derived) == "3")
        let failed = labels.replacing("STATUS_CODE_UNSET", with: "STATUS_CODE_ERROR")
        #expect(value("traces_spanmetrics_calls_total{\(failed)}", derived) == "1")
    }

    @Test func aRequestIsOneEdgeWhicheverEndComesFirst() {
        var derived = DerivedMetrics()
        DerivedSamples.take(1, .client, seconds: 0.1, into: &derived)
        DerivedSamples.take(1, .server, seconds: 0.05, into: &derived)
        DerivedSamples.take(2, .server, seconds: 0.05, failed: true, into: &derived)
        DerivedSamples.take(2, .client, seconds: 0.1, into: &derived)
        let labels = #"{client="shop",server="orders",connection_type=""}"#
        #expect(value("traces_service_graph_request_total" + labels, derived) == "2")
        #expect(value("traces_service_graph_request_failed_total" + labels, derived) == "1")
        #expect(value("traces_service_graph_request_server_seconds_sum" + labels, derived) == "0.1")
        #expect(value("traces_service_graph_request_client_seconds_sum" + labels, derived) == "0.2")
    }

    @Test func aPeerThatIsNotSeenIsAVirtualNode() {
        var derived = DerivedMetrics()
        derived.advance(to: 1)
        DerivedSamples.take(1, .client, into: &derived)
        DerivedSamples.take(2, .server, parent: 0, into: &derived)
        DerivedSamples.take(3, .server, parent: 7, into: &derived)
        DerivedSamples.take(4, .client, protocol: .postgresql, into: &derived)
        DerivedSamples.take(5, .client, peer: "", into: &derived)
        derived.advance(to: EdgeHalves.patience + 1)
        #expect(derived.edges.count == 0, "the other end may still come")
        derived.advance(to: EdgeHalves.patience + 2)
        #expect(
            value(
                #"traces_service_graph_request_total{client="shop",server="10.0.0.1",connection_type="virtual_node"}"#,
                derived) == "1")
        #expect(
            value(
                #"traces_service_graph_request_total{client="user",server="orders",connection_type="virtual_node"}"#,
                derived) == "1")
        #expect(
            value(
                #"traces_service_graph_request_total{client="shop",server="10.0.0.1",connection_type="database"}"#,
                derived) == "1")
        #expect(derived.unpaired == 2)
    }

    @Test func aMessageGoesFromTheBrokerToItsConsumer() {
        var derived = DerivedMetrics()
        DerivedSamples.take(1, .client, service: "worker", message: .receive, protocol: .kafka, into: &derived)
        DerivedSamples.take(1, .server, service: "kafka", message: .receive, protocol: .kafka, into: &derived)
        #expect(
            value(
                #"traces_service_graph_request_total{client="kafka",server="worker",connection_type="messaging_system"}"#,
                derived) == "1")
    }

    @Test func seriesAreBoundedAndTheRestIsCountedTogether() {
        var derived = DerivedMetrics(maximumSpanSeries: 10, maximumEdges: 4, maximumHalves: 100)
        for number in 0..<50 {
            let id = UInt64(number)
            DerivedSamples.take(id, .client, service: "s\(number)", name: "op \(number)", into: &derived)
            DerivedSamples.take(id, .server, service: "t\(number)", name: "op \(number)", into: &derived)
        }
        #expect(derived.spans.count == 10 && derived.spans.overflowed == 90)
        #expect(derived.edges.count == 4 && derived.edges.overflowed == 46)
        #expect(value(#"traces_spanmetrics_calls_total{otel_metric_overflow="true"}"#, derived) == "90")
        #expect(value(#"traces_service_graph_request_total{otel_metric_overflow="true"}"#, derived) == "46")
        #expect(value(#"interspan_derived_overflowed_total{metric="spanmetrics"}"#, derived) == "90")
    }

    @Test func requestsThatWaitAreBounded() {
        var derived = DerivedMetrics(maximumHalves: 5)
        for number in 0..<20 { DerivedSamples.take(UInt64(number), .client, into: &derived) }
        #expect(derived.dropped == 15)
    }

    @Test func whatIsIdleIsForgotten() {
        var derived = DerivedMetrics(maximumSpanSeries: 2)
        derived.advance(to: 1)
        DerivedSamples.take(1, .client, name: "a", into: &derived)
        DerivedSamples.take(2, .client, name: "b", into: &derived)
        derived.advance(to: SeriesTable<Int>.idleTime)
        DerivedSamples.take(3, .client, name: "b", into: &derived)
        derived.advance(to: SeriesTable<Int>.idleTime + DerivedMetrics.sweepInterval)
        #expect(derived.spans.count == 1 && derived.spans.swept == 1)
        #expect(derived.spans.all.first?.labels?[1] == "b")
        DerivedSamples.take(4, .client, name: "c", into: &derived)
        #expect(derived.spans.count == 2 && derived.spans.overflowed == 0)
    }

    @Test func labelsOfAMegabyteAreCut() {
        var derived = DerivedMetrics()
        DerivedSamples.take(1, .client, name: String(repeating: "x", count: 1 << 20), into: &derived)
        DerivedSamples.take(2, .client, name: String(repeating: "x", count: 1 << 20) + "y", into: &derived)
        #expect(derived.spans.count == 1)
        #expect(derived.spans.all.first?.labels?[1].utf8.count == SeriesKey.mostBytes)
    }

    @Test func whatIsNotExportedCountsAsWell() {
        let unsampled = [("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")]
        var samples = Samples()
        var batch = LinkedBatch()
        batch.exchanges = [
            samples.linked(1, .server, headers: unsampled),
            samples.linked(1, .server, phase: .closed, headers: unsampled),
        ]
        batch.fields = samples.fields
        var stage = SpanStage(
            merger: Merger(options: MergeOptions(), reader: ContextReader(order: [.tracecontext])),
            provider: AddressDirectory(names: []), derived: DerivedMetrics())
        var spans = SpanBatch()
        stage.consume(batch, now: 5000, into: &spans)
        #expect(spans.isEmpty && stage.counters.unsampled == 1)
        #expect(stage.derived?.spans.all.map(\.values.durations.count) == [1])
        #expect(stage.counters.servers[.http1] == 1 && stage.counters.clients[.http1] == 0)
        #expect(stage.counters.delays.count == 1 && stage.counters.delays.sum == 5000 - 1200)
    }
}
