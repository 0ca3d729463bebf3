import Testing

@testable import Bridge
@testable import Capture

/// `processors.sample`.
@Suite struct ConfigurationSampleTests {
    typealias Support = ConfigurationTestSupport

    private func load(_ text: String) throws -> Configuration {
        try Support.load(
            "processors: {sample: {\(text)}}\nservice: {pipelines: {traces: {processors: [sample]}}}"
        ).configuration
    }

    @Test func nothingIsSampledUnlessItIsNamed() throws {
        #expect(try Support.load().configuration.sample == nil)
        #expect(try Support.load().configuration.sampler == nil)
    }

    @Test func theDefaultsAreThoseOfTheDocumentation() throws {
        let sample = try #require(
            try Support.load("service: {pipelines: {traces: {processors: [sample]}}}").configuration.sample)
        #expect(sample == SampleConfiguration())
        #expect(sample.ratio == 1 && sample.isParentBased && !sample.isAlwaysOn)
        #expect(sample.rateLimit == 0 && sample.keep.isEmpty)
        #expect(sample.wait == 10_000_000_000 && sample.maximumMemory == 64 << 20)
    }

    @Test func everyKeyIsReadAndActs() throws {
        let configuration = try load(
            """
            ratio: 0.25, parent_based: false, always_on: true, rate_limit: 12.5, wait: 500ms, max_memory: 2MiB,
            keep: [{error: true}, {slower_than: 2s}, {slower_than: 1s}, {attribute: {tenant: go*}}, {header: X-Trace-Me}]
            """)
        let sample = try #require(configuration.sample)
        #expect(sample.ratio == 0.25 && sample.isAlwaysOn && sample.rateLimit == 12.5 && sample.wait == 500_000_000)
        #expect(
            sample.keep == [
                .error, .slowerThan(2_000_000_000), .slowerThan(1_000_000_000),
                .attribute(key: "tenant", value: "go*"), .header("x-trace-me"),
            ])
        let options = try #require(configuration.sampler?.options)
        #expect(options.ratio == 0.25 && !options.isParentBased && options.isAlwaysOn && options.rateLimit == 12.5)
        #expect(options.wait == 500_000_000 && options.settling == 500_000_000 && options.maximumMemory == 2 << 20)
        #expect(options.rules.errors && options.rules.slowerThan == 1_000_000_000)
        #expect(options.rules.attributes == [.init(key: "tenant", value: TextPattern("go*"))])
        #expect(configuration.captureOptions.headers.others.contains("x-trace-me"))
        #expect(configuration.merger.options.notes?.needsOperations == true)
    }

    @Test func whatIsPrintedReadsBackAsTheSame() throws {
        let configuration = try load(
            "ratio: 0.5, keep: [{error: true}, {slower_than: 1500ms}, {attribute: {a.b: 'x y*'}}, {header: x-h}]")
        let again = try Support.load(configuration.yaml).configuration
        #expect(again.sample == configuration.sample && again.sample != nil)
    }

    @Test func variablesReachEveryKey() throws {
        let environment = [
            "INTERSPAN_PROCESSORS__SAMPLE__RATIO": "0.1",
            "INTERSPAN_PROCESSORS__SAMPLE__KEEP":
                "error, slower_than=2s,attribute.http.route=/a*,header=X-Me",
        ]
        // Without pipelines of one's own it is meant for the one there is.
        let sample = try #require(try Support.load(nil, environment).configuration.sample)
        #expect(sample.ratio == 0.1)
        #expect(
            sample.keep == [
                .error, .slowerThan(2_000_000_000), .attribute(key: "http.route", value: "/a*"), .header("x-me"),
            ])
        #expect(Support.errors("", ["INTERSPAN_PROCESSORS__SAMPLE__KEEP": "errors"]).count >= 1)
    }

    @Test func aSectionThatNoPipelineNamesIsAWarning() throws {
        let loaded = try Support.load(
            "processors: {sample: {ratio: 0.5}}\nservice: {pipelines: {traces: {processors: [merge]}}}")
        #expect(loaded.configuration.sample == nil)
        #expect(loaded.warnings == ["processors.sample: no pipeline names it, it has no effect"])
    }

    @Test func rulesThatCannotHaveAnEffectAreAWarning() throws {
        let loaded = try Support.load(
            "processors: {sample: {keep: [{error: true}]}}\nservice: {pipelines: {traces: {processors: [sample]}}}")
        #expect(loaded.warnings.count == 1 && loaded.warnings[0].contains("has no effect while ratio is 1"))
    }

    @Test func aReceiverOfPipelinesThatAreNotSampledMayStandBeside() throws {
        let configuration = try Support.load(
            """
            service:
              pipelines:
                traces/a: {receivers: [ebpf], processors: [sample], exporters: [debug]}
                traces/b: {receivers: [otlp], exporters: [debug]}
            """
        ).configuration
        #expect(configuration.isSampled("ebpf") && !configuration.isSampled("otlp"))
    }
}
