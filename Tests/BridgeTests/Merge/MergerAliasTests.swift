import Testing

@testable import Bridge
@testable import Capture
@testable import OTLP

@Suite struct MergerAliasTests {
    @Test func whatWasMovedIsStillMovedAfterARestart() {
        var scene = MergeScene()
        scene.sends(8, as: "shop")
        scene.exchange(1, headers: MergeScene.parent(1, 1), from: 7, to: 8)
        scene.exchange(
            2, by: .init(id: .init(high: 1, low: ~1), role: .server), headers: MergeScene.parent(0xA, 0xB), from: 8,
            to: 9)
        let server = scene.close(1, .server, pid: 8)
        let kept = scene.merger.aliases
        #expect(kept.map(\.alias) == [MergeScene.trace(0xA)] && kept.map(\.trace) == [MergeScene.trace(1)])

        var next = MergeScene()
        #expect(!next.merger.hasAliases)
        next.merger.restore(kept, at: 5000)
        #expect(next.merger.hasAliases)
        let root = next.decide(.internal, trace: 0xA, span: 0xC).rewrite
        #expect(root?.traceID == MergeScene.trace(1) && root?.parentSpanID == server.spanID)
        next.merger.advance(to: 61_000_000_000)
        #expect(next.merger.alias(of: MergeScene.trace(0xA)) == nil)
    }
}
