import Testing

@testable import OTLP

/// Metrics of our own as a request of OTLP.
@Suite struct MetricsRequestTests {
    private static func request(_ metrics: [MetricData]) -> MetricsRequest {
        var request = MetricsRequest(
            resource: [("service.name", .string("interspan")), ("n", .int(-5)), ("l", .strings(["a", "b"]))],
            scope: ("interspan", "1"), start: 1_000_000_000)
        request.metrics = metrics
        return request
    }

    @Test func theyAreWhatTheProtocolSays() throws {
        var durations = DurationHistogram()
        for duration in [1_000_000, 3_000_000, 100_000_000_000] as [UInt64] { durations.add(duration) }
        let metrics = [
            MetricData(
                name: "sent", description: "Sent.", unit: "", kind: .sum,
                points: [
                    .init(attributes: [("exporter", "a")], value: .integer(7)),
                    .init(attributes: [("exporter", "b")], value: .integer(.max)),
                ]),
            MetricData(
                name: "memory", description: "Held.", unit: "By", kind: .gauge,
                points: [.init(attributes: [], value: .real(0.5))]),
            MetricData(
                name: "latency", description: "Took.", unit: "s", kind: .histogram,
                points: [.init(attributes: [], value: .durations(durations))]),
            MetricData(name: "none", description: "Left out.", unit: "", kind: .sum, points: []),
        ]
        let batch = try #require(Self.request(metrics).batch(now: 2_000_000_000))
        #expect(batch.items == 4 && batch.signal == .metrics)
        // What a receiver makes of it.
        let checked = try #require(ReceivedBatch(checking: batch.bytes, signal: .metrics))
        #expect(checked.items == 4)
        let json = ByteBuffer()
        checked.bytes.withUnsafeBytes { TelemetryToJSON.append($0, signal: .metrics, to: json) }
        let text = String(decoding: json.bytes, as: UTF8.self)
        for part in [
            #""key":"service.name","value":{"stringValue":"interspan"}"#, #""key":"n","value":{"intValue":"-5"}"#,
            #""arrayValue":{"values":[{"stringValue":"a"},{"stringValue":"b"}]}"#,
            #""scope":{"name":"interspan","version":"1"}"#, #""name":"sent","description":"Sent.""#,
            #""asInt":"9223372036854775807""#, #""aggregationTemporality":2"#, #""isMonotonic":true"#,
            #""unit":"By""#, #""asDouble":0.5"#, #""startTimeUnixNano":"1000000000""#,
            #""timeUnixNano":"2000000000""#, #""count":"3""#, #""sum":100.004"#,
            #""bucketCounts":["1","1","0","0","0","0","0","0","0","0","0","0","0","0","1"]"#,
            #""explicitBounds":[0.002,0.004,"#,
        ] {
            #expect(text.contains(part), "\(part) is not in \(text)")
        }
        #expect(!text.contains("Left out."))
    }

    @Test func withoutAPointThereIsNoRequest() {
        #expect(Self.request([]).batch(now: 1) == nil)
    }
}
