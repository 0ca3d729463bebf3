import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP
@testable import Propagation

/// SDKs' spans about requests whose spans were left out under overload.
@Suite struct MergerShedTests {
    private static let client = Samples.end(1, .client)
    private static let server = Samples.end(1, .server)

    /// A client passes on the context of a span 0xA; its server's spans come from an SDK.
    private static func scene(_ spans: MergeConfiguration.SDKSpans = .nest) -> MergeScene {
        var options = MergeOptions()
        options.receivedSpans = spans
        var scene = MergeScene(options)
        scene.exchange(1, headers: MergeScene.parent(1, 0xA))
        scene.sends(8, as: "shop")
        return scene
    }

    private static func parent(_ scene: inout MergeScene, of span: UInt64 = 0xB) -> UInt64? {
        scene.decide(.server, trace: 1, span: span, parent: 0xA, from: 8).rewrite?.parentSpanID
    }

    @Test func aSpanHangsBelowOursWhereThatIsThere() {
        var scene = Self.scene()
        #expect(Self.parent(&scene) == IDScheme.spanID(of: Self.server))
    }

    @Test func whereOursIsLeftOutItHangsBelowTheCall() {
        var scene = Self.scene()
        scene.merger.leaveOut(Self.server)
        #expect(Self.parent(&scene) == IDScheme.spanID(of: Self.client))
    }

    @Test func whereBothEndsAreLeftOutItStaysBelowItsOwn() {
        var scene = Self.scene()
        scene.merger.leaveOut(Self.server)
        scene.merger.leaveOut(Self.client)
        #expect(Self.parent(&scene) ?? 0xA == 0xA)
    }

    @Test func itTakesThePlaceOfNothingThatIsThere() {
        var scene = Self.scene(.drop)
        scene.merger.leaveOut(Self.server)
        #expect(Self.parent(&scene) == IDScheme.spanID(of: Self.client))
        #expect(!scene.merger.isReplaced(scene.close(1, .client)))
    }
}
