import Testing

@testable import Bridge
@testable import OTLP

/// The text of metrics.
@Suite struct MetricPageTests {
    private func text(_ format: MetricPage.Format = .text, _ write: (inout MetricPage) -> Void) -> String {
        var page = MetricPage(format: format)
        write(&page)
        return String(decoding: page.finished(), as: UTF8.self)
    }

    @Test func aCounterIsAnnouncedAsEachFormatWantsIt() {
        let plain = text { $0.counter("a_b", "Help.", 7) }
        #expect(plain == "# HELP a_b_total Help.\n# TYPE a_b_total counter\na_b_total 7\n")
        let open = text(.openMetrics) { $0.counter("a_b", "Help.", 7) }
        #expect(open == "# HELP a_b Help.\n# TYPE a_b counter\na_b_total 7\n# EOF\n")
    }

    @Test func aHistogramIsCumulativeAndInSeconds() {
        var durations = DurationHistogram()
        for duration: UInt64 in [1_000_000, 3_000_000, 60_000_000_000] { durations.add(duration) }
        let lines = text { $0.add("h", .histogram, "Help.", [([("x", "y")], .durations(durations))]) }
            .split(separator: "\n")
        #expect(lines.count == 2 + DurationHistogram.bounds + 1 + 2)
        #expect(lines.contains(#"h_bucket{x="y",le="0.002"} 1"#))
        #expect(lines.contains(#"h_bucket{x="y",le="0.004"} 2"#))
        #expect(lines.contains(#"h_bucket{x="y",le="16.384"} 2"#))
        #expect(lines.contains(#"h_bucket{x="y",le="+Inf"} 3"#))
        #expect(lines.contains(#"h_count{x="y"} 3"#))
        #expect(lines.contains(#"h_sum{x="y"} 60.004"#))
    }

    @Test func hostileValuesStayInTheirLine() {
        let value = "a\"b\\c\nd\re\u{0}f\u{2028}g"
        let lines = text { $0.add("x", .gauge, "a\nb\\", [([("l", value)], .integer(1))]) }
            .split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 4)
        #expect(lines[0] == #"# HELP x a\nb\\"#)
        #expect(lines[2] == "x{l=\"a\\\"b\\\\c\\nd\u{FFFD}e\u{FFFD}f\u{FFFD}g\"} 1")
    }

    @Test func aValueOfAMegabyteIsCutBetweenCharacters() {
        var bytes: [UInt8] = []
        LabelText.append("a" + String(repeating: "é", count: 1 << 19), quotes: true, to: &bytes)
        #expect(bytes.count == LabelText.mostBytes - 1)
        #expect(String(validating: bytes, as: UTF8.self) != nil)
    }

    @Test(arguments: [
        ("", MetricPage.Format.text), ("*/*", .text), ("text/plain;version=0.0.4", .text),
        (
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;q=0.5",
            .openMetrics
        ),
        ("text/plain, Application/OpenMetrics-Text ; version=1.0.0", .openMetrics),
        ("application/openmetrics-text;q=0, */*", .text), ("application/openmetrics-textual", .text),
    ])
    func theFormatIsWhatTheScraperAsksFor(_ accept: String, _ format: MetricPage.Format) {
        #expect(MetricPage.Format(accepting: accept) == format)
    }

    @Test func numbersAreWrittenAsBothFormatsTakeThem() {
        #expect(MetricPage.text(.infinity) == "+Inf")
        #expect(MetricPage.text(-.infinity) == "-Inf")
        #expect(MetricPage.text(.nan) == "NaN")
        #expect(MetricPage.text(1) == "1.0")
    }

    @Test func aFamilyWithoutASeriesIsLeftOut() { #expect(text { $0.add("x", .gauge, "Help.", []) }.isEmpty) }
}
