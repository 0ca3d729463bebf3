import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP
@testable import Propagation

/// Another configuration for the stage that makes spans.
@Suite struct StageChangeTests {
    private static func settings(_ text: String) throws -> BridgeSettings {
        BridgeSettings(try ConfigurationTestSupport.load(text).configuration)
    }

    private static func see(_ scene: inout SampledScene, _ number: UInt64, headers: [(String, String)] = []) {
        for phase in [LinkedExchange.Phase.opened, .closed] {
            scene.see(number, .server, phase, headers: headers, target: "/shop/abc?q=plain")
        }
        scene.wait(3 * SampledScene.second)
    }

    @Test func namesAndTextsAreOfTheNewOne() throws {
        var scene = SampledScene(sampled: false) { _ in }
        Self.see(&scene, 1)
        let text = """
            processors: {redact: {query: keep, patterns: [{pattern: 'pl[a-z]+', replacement: X}]}}
            service: {routes: ['/shop/{which}']}
            """
        scene.stage.use(try Self.settings(text), now: scene.now)
        Self.see(&scene, 2)
        scene.stage.use(try Self.settings("service: {}"), now: scene.now)
        Self.see(&scene, 3)
        let names = scene.spans.spans.map { scene.spans.string($0.name) }
        #expect(names == ["GET /shop/abc", "GET /shop/{which}", "GET /shop/abc"])
        let queries = scene.spans.spans.map { attributes(of: $0, in: scene.spans)["url.query"] }
        #expect(queries == ["q=REDACTED", "q=X", "q=REDACTED"])
    }

    @Test func contextsAreReadByTheNewOneAndCountedOn() throws {
        var scene = SampledScene(sampled: false) { _ in }
        let context = [("traceparent", "00-0af7651916cd43dd8400000000000001-b7ad6b7169203331-01")]
        Self.see(&scene, 1, headers: context)
        scene.stage.use(try Self.settings("processors: {merge: {propagators: [b3], native: [b3]}}"), now: scene.now)
        Self.see(&scene, 2, headers: context)
        Self.see(&scene, 3, headers: [("b3", "0af7651916cd43dd8400000000000002-b7ad6b7169203331-1")])
        let traces = scene.spans.spans.map(\.traceID.low)
        #expect(traces[0] == 0x8400_0000_0000_0001 && traces[2] == 0x8400_0000_0000_0002)
        #expect(traces[1] != traces[0])
        let propagation = scene.stage.merger.propagation
        #expect(propagation[.tracecontext, .read] == 1 && propagation[.b3, .read] == 1)
    }

    @Test func derivedMetricsBeginAndEnd() throws {
        var scene = SampledScene(sampled: false) { _ in }
        #expect(scene.stage.derived == nil)
        scene.stage.use(try Self.settings("service: {telemetry: {metrics: {derived: true}}}"), now: scene.now)
        #expect(scene.stage.derived != nil)
        scene.stage.use(try Self.settings("service: {}"), now: scene.now)
        #expect(scene.stage.derived == nil)
    }
}
