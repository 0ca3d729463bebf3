import Propagation
import Testing

@testable import Bridge
@testable import Capture

/// `processors.merge`.
@Suite struct ConfigurationMergeTests {
    typealias Support = ConfigurationTestSupport

    private func merge(_ text: String) throws -> Configuration {
        try Support.load("processors: {merge: {\(text)}}").configuration
    }

    @Test func theDefaultsAreThoseOfTheDocumentation() throws {
        let merge = try Support.load().configuration.merge
        #expect(
            merge.propagators == [
                .tracecontext, .sw8, .jaeger, .b3, .xray, .ottrace, .datadog, .cloudtrace, .brpc,
            ])
        #expect(merge.native == [.tracecontext, .jaeger, .b3, .ottrace])
        #expect(merge.readsSQLComments)
        #expect(merge.sdkSpans == .nest)
        #expect(merge.reroot == .rewrite)
        #expect(merge.timeToLive == 60_000_000_000)
        #expect(merge.wait == 10_000_000_000)
        #expect(merge.keys.traceID.isEmpty && merge.keys.spanID.isEmpty)
        #expect(
            merge.keys.requestID == [
                "x-request-id", "x-correlation-id", "x-bfe-log-id", "stgw-request-id", "x-blb-request-id",
            ])
        #expect(merge.baggage.isEmpty)
    }

    @Test func everyKeyIsRead() throws {
        let merge = try merge(
            """
            propagators: [b3, SW8], native: [], sql_comments: false, sdk_spans: drop, reroot: LINK, ttl: 2m, wait: 0s,
            keys: {trace_id: [X-Trace, x-t], span_id: [X-Span], request_id: []}, baggage: [Tenant, user.id]
            """
        ).merge
        var expected = MergeConfiguration()
        expected.propagators = [.b3, .sw8]
        expected.native = []
        expected.readsSQLComments = false
        expected.sdkSpans = .drop
        expected.reroot = .link
        expected.timeToLive = 120_000_000_000
        expected.wait = 0
        expected.keys.traceID = ["x-trace", "x-t"]
        expected.keys.spanID = ["x-span"]
        expected.keys.requestID = []
        // Keys of baggage differ by case, names of headers do not.
        expected.baggage = ["Tenant", "user.id"]
        #expect(merge == expected)
    }

    @Test func aSpanIDWithoutATraceIDIsAWarning() throws {
        let loaded = try Support.load("processors: {merge: {keys: {span_id: [x-span]}}}")
        #expect(loaded.warnings.count == 1)
        #expect(loaded.warnings.first?.hasPrefix("processors.merge.keys.span_id: has no effect") == true)
    }

    @Test(arguments: ["keys: {request_id: [LIST]}", "keys: {trace_id: [LIST]}", "baggage: [LIST]"])
    func listsOfNamesAreBounded(_ text: String) throws {
        func errors(_ count: Int) -> [String] {
            let names = (0..<count).map { "x-\($0)" }.joined(separator: ", ")
            return Support.errors("processors: {merge: {\(text.replacing("LIST", with: names))}}")
        }
        #expect(errors(16).isEmpty)
        #expect(errors(17).count == 1)
        #expect(errors(17).first?.hasSuffix("expected at most 16 names") == true)
    }

    @Test func captureHandsOnTheHeadersThatAreAskedFor() throws {
        let headers = try merge(
            "propagators: [tracecontext], keys: {trace_id: [X-T], span_id: [x-s], request_id: [X-R]}"
        ).captureOptions.headers
        #expect(headers.contexts.isSuperset(of: ["traceparent", "tracestate", "x-t", "x-s"]))
        #expect(!headers.contexts.contains("baggage"))
        #expect(headers.requestIDs == ["x-r"])
        #expect(try merge("baggage: [tenant]").captureOptions.headers.contexts.contains("baggage"))
    }
}
