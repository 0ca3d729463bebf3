import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP
@testable import Propagation

/// Of several requests that brought one context, as a proxy and what stands behind it get it, whose span it is that an SDK
/// made: by what tells most of the process, in this order.
@Suite struct MergerPartnerTests {
    /// A context that three servers got: processes 8, 9 and 10, of one service, the last one innermost.
    private static func scene() -> MergeScene {
        var scene = MergeScene()
        for pid in 8...10 as ClosedRange<UInt32> { scene.identify(pid, as: "python3", instance: "i\(pid)") }
        scene.exchange(1, headers: MergeScene.parent(1, 0xA), start: 1000, from: 7, to: 8)
        for (number, from, to) in [(2, 8, 9), (3, 9, 10)] as [(UInt64, UInt32, UInt32)] {
            let start = 1000 + number * 10
            scene.open(
                number, .client, by: Samples.end(number - 1, .server), headers: MergeScene.parent(1, 0xA),
                start: start, pid: from)
            scene.open(
                number, .server, by: Samples.end(number, .client), .flow, headers: MergeScene.parent(1, 0xA),
                start: start + 1, pid: to)
        }
        return scene
    }

    private static func id(_ number: UInt64) -> UInt64 { IDScheme.spanID(of: Samples.end(number, .server)) }

    private static func parent(
        _ scene: inout MergeScene, from sender: UInt32? = nil, of service: String = "of its own",
        _ change: (inout ReceivedResource) -> Void = { _ in }
    ) -> UInt64? {
        scene.decide(
            .server, trace: 1, span: 0xB, parent: 0xA, of: service, start: 1100, from: sender, change
        ).rewrite?.parentSpanID
    }

    @Test func itsProcessNumberAndHostTellMost() {
        var scene = Self.scene()
        let parent = Self.parent(&scene, from: 9, of: "python3") {
            ($0.processID, $0.hostName, $0.serviceInstance) = (8, "here", "i10")
        }
        #expect(parent == Self.id(1))
    }

    @Test func aProcessNumberOfAnotherHostTellsNothing() {
        var scene = Self.scene()
        let parent = Self.parent(&scene, from: 9) { ($0.processID, $0.hostName) = (8, "elsewhere") }
        #expect(parent == Self.id(2))
    }

    @Test func thenTheConnectionThatBroughtIt() {
        var scene = Self.scene()
        #expect(Self.parent(&scene, from: 8, of: "python3") { $0.serviceInstance = "i9" } == Self.id(1))
    }

    @Test func thenTheInstanceOfTheService() {
        var scene = Self.scene()
        // It was brought by somebody who collects what others send.
        #expect(Self.parent(&scene, from: 77, of: "python3") { $0.serviceInstance = "i9" } == Self.id(2))
    }

    @Test func thenTheServicesName() {
        var scene = MergeScene()
        scene.identify(8, as: "shop")
        scene.identify(9, as: "python3")
        scene.exchange(1, headers: MergeScene.parent(1, 0xA), start: 1000, from: 7, to: 8)
        scene.exchange(2, headers: MergeScene.parent(1, 0xA), start: 1010, from: 8, to: 9)
        #expect(Self.parent(&scene, of: "shop") == Self.id(1))
    }

    @Test func elseTheInnermostThatContainsItInTime() {
        var scene = Self.scene()
        #expect(Self.parent(&scene) == Self.id(3))
    }

    @Test func aProcessThatWasNotIdentifiedYetIsKnownByItsConnection() {
        var scene = MergeScene()
        scene.exchange(1, headers: MergeScene.parent(1, 0xA), start: 1000, from: 7, to: 8)
        scene.exchange(2, headers: MergeScene.parent(1, 0xA), start: 1010, from: 8, to: 9)
        #expect(Self.parent(&scene, from: 8) == Self.id(1))
    }

    @Test func whoSendsOverAConnectionCountsAsASenderWhateverItCallsItself() {
        for sends in [true, false] {
            var scene = MergeScene()
            scene.identify(8, as: "python3")
            if sends { scene.sends(from: 8) }
            scene.exchange(1, headers: MergeScene.parent(1, 1), from: 7, to: 8)
            scene.exchange(2, by: Samples.end(1, .server), headers: MergeScene.parent(0xA, 0xB), from: 8, to: 9)
            let call = scene.close(2, .client, pid: 8)
            #expect(call.traceID == MergeScene.trace(1))
            #expect(scene.merger.counters.rerooted == (sends ? 1 : 0))
            #expect(scene.merger.counters.apart.unseenSpans == (sends ? 0 : 1))
        }
    }
}
