@testable import Bridge
@testable import Capture
@testable import OTLP

/// Snapshots for tests.
enum MetricSamples {
    /// One in which there is something of everything.
    static var everything: MetricSnapshot {
        var snapshot = MetricSnapshot()
        snapshot.capture = CaptureLoop.Counted(hook: "sock")
        snapshot.bridge = .init()
        snapshot.bridge?.counted.sample = SampleCounters()
        snapshot.receivers = [("otlp", ReceiverCounters())]
        snapshot.exporters = Signal.allCases.map { signal in
            ExporterStatus(
                name: "otlp_http/x", signal: signal, counters: ExporterCounters(), backend: .answering,
                requests: Backend.Counters())
        }
        snapshot.process.threads = ["bridge": 1]
        var derived = DerivedMetrics()
        DerivedSamples.take(1, .client, into: &derived)
        DerivedSamples.take(1, .server, into: &derived)
        snapshot.derived = derived
        return snapshot
    }

    /// The page of a snapshot.
    static func page(_ snapshot: MetricSnapshot) -> MetricPage {
        var page = MetricPage()
        page.write(snapshot)
        return page
    }

    /// The value of a series on a page, by its name and labels as they stand there.
    static func value(_ series: String, on page: MetricPage) -> String? {
        String(decoding: page.bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix(series + " ") }
            .map { String($0.dropFirst(series.utf8.count + 1)) }
    }
}
