import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP
@testable import Propagation

/// What becomes of the spans of SDKs.
@Suite struct MergerReceivedTests {
    @Test func theServerSpanOfAnSDKHangsBelowOurs() {
        var scene = MergeScene()
        scene.exchange(1, headers: MergeScene.parent(1, 0xA))
        let server = scene.close(1, .server, pid: 8)
        let rewrite = scene.decide(.server, trace: 1, span: 0xB, parent: 0xA).rewrite
        #expect(rewrite?.parentSpanID == server.spanID)
        #expect(rewrite?.traceID == nil && rewrite?.keepsOriginal == false)
        #expect(scene.merger.counters.reparented == 1)
    }

    @Test func aB3ServerThatSharesItsClientsIdIsFoundByIt() {
        var scene = MergeScene()
        scene.exchange(1, headers: MergeScene.parent(1, 0xA))
        let server = scene.close(1, .server, pid: 8)
        let rewrite = scene.decide(.server, trace: 1, span: 0xA, parent: 0x9).rewrite
        #expect(rewrite?.parentSpanID == server.spanID)
    }

    @Test func otherSpansOfAKnownTraceLeaveUnchanged() {
        var scene = MergeScene()
        scene.exchange(1, headers: MergeScene.parent(1, 0xA))
        #expect(scene.decide(.client, trace: 1, span: 0xA).isUnchanged)
        #expect(scene.decide(.internal, trace: 1, span: 0xC, parent: 0xB).isUnchanged)
    }

    @Test func aSpanWaitsForItsPartnerOnlyWhileCaptureMayLag() {
        var scene = MergeScene()
        #expect(scene.decide(.server, trace: 1, span: 0xB, parent: 0xA, now: 2000).isWait)
        #expect(scene.decide(.client, trace: 1, span: 0xB, parent: 0xA, now: 2000).isWait)
        #expect(scene.decide(.server, trace: 1, span: 0xB, parent: 0xA, now: 300_000_000).isUnchanged)
        scene.exchange(1, headers: MergeScene.parent(1, 0xA))
        #expect(scene.decide(.server, trace: 1, span: 0xB, parent: 0xA, now: 2000).rewrite?.parentSpanID != nil)
    }

    @Test func ofAProxyAndWhatStandsBehindItTheSpanIsOfTheServiceItNames() {
        var scene = MergeScene()
        scene.identify(8, as: "nginx")
        scene.identify(9, as: "shop")
        scene.exchange(1, headers: MergeScene.parent(1, 0xA), start: 1000, from: 7, to: 8)
        scene.open(
            2, .client, by: Samples.end(1, .server), headers: MergeScene.parent(1, 0xA), start: 1010, pid: 8)
        scene.open(
            2, .server, by: Samples.end(2, .client), .flow, headers: MergeScene.parent(1, 0xA), start: 1020, pid: 9)
        let inner = scene.close(2, .server, start: 1020, pid: 9)
        #expect(inner.parentSpanID == scene.close(2, .client, start: 1010, pid: 8).spanID)
        #expect(scene.decide(.server, trace: 1, span: 0xB, parent: 0xA).rewrite?.parentSpanID == inner.spanID)
        let outer = scene.close(1, .server, pid: 8)
        let ofNginx = scene.decide(.server, trace: 1, span: 0xC, parent: 0xA, of: "nginx").rewrite
        #expect(ofNginx?.parentSpanID == outer.spanID)
    }

    @Test func aServiceBehindAProxyThatIsNotSeenHangsBelowTheProxysCall() {
        var scene = MergeScene()
        scene.identify(8, as: "nginx")
        scene.exchange(1, headers: MergeScene.parent(1, 0xA), start: 1000, from: 7, to: 8)
        scene.open(
            2, .client, by: Samples.end(1, .server), headers: MergeScene.parent(1, 0xA), start: 1010, pid: 8)
        let call = scene.close(2, .client, start: 1010, pid: 8)
        let rewrite = scene.decide(.server, trace: 1, span: 0xB, parent: 0xA, start: 1050, end: 1100).rewrite
        #expect(rewrite?.parentSpanID == call.spanID)
    }

    @Test func aTraceThatEndsInOneServiceIsMovedByThePortItsRequestCameFrom() {
        var scene = MergeScene()
        scene.exchange(1, headers: MergeScene.parent(1, 1), from: 7, to: 8)
        scene.open(2, .client, by: Samples.end(1, .server), pid: 8)
        scene.open(2, .server, by: Samples.end(2, .client), .flow, pid: 9, peerPort: 51_234)
        let server = scene.close(2, .server, pid: 9)
        let root = scene.decide(.server, trace: 0xA, span: 0xB, peerPort: 51_234).rewrite
        #expect(root?.traceID == MergeScene.trace(1) && root?.parentSpanID == server.spanID)
        #expect(root?.keepsOriginal == true)
        #expect(scene.decide(.internal, trace: 0xA, span: 0xC, parent: 0xB).rewrite?.traceID == MergeScene.trace(1))
    }

    @Test func aTraceThatStaysApartIsLinkedWithWhatLedToIt() {
        var options = MergeOptions()
        options.rewritesRoots = false
        var scene = MergeScene(options)
        scene.exchange(1, headers: MergeScene.parent(1, 1), from: 7, to: 8)
        scene.open(2, .client, by: Samples.end(1, .server), pid: 8)
        scene.open(2, .server, by: Samples.end(2, .client), .flow, pid: 9, peerPort: 51_234)
        let server = scene.close(2, .server, pid: 9)
        let root = scene.decide(.server, trace: 0xA, span: 0xB, peerPort: 51_234).rewrite
        #expect(root?.traceID == nil && root?.parentSpanID == nil)
        #expect(root?.link?.traceID == MergeScene.trace(1) && root?.link?.spanID == server.spanID)
        #expect(scene.decide(.internal, trace: 0xA, span: 0xC, parent: 0xB).isUnchanged)
    }

    private static func replacing() -> MergeScene {
        var options = MergeOptions()
        options.receivedSpans = .drop
        return MergeScene(options)
    }

    @Test func whereTheSDKsSpanReplacesOursItKeepsItsParent() {
        var scene = Self.replacing()
        scene.exchange(1, headers: MergeScene.parent(1, 0xA))
        let (client, server) = (scene.close(1, .client), scene.close(1, .server, pid: 8))
        #expect(scene.decide(.client, trace: 1, span: 0xA).isUnchanged)
        #expect(scene.decide(.server, trace: 1, span: 0xB, parent: 0xA).isUnchanged)
        #expect(scene.merger.isReplaced(client) && scene.merger.isReplaced(server))
        scene.open(2, .client, by: Samples.end(1, .server), pid: 8)
        var call = scene.close(2, .client, pid: 8)
        #expect(call.parentSpanID == server.spanID && !scene.merger.isReplaced(call))
        scene.merger.followTwin(&call)
        #expect(call.parentSpanID == 0xB)
    }

    @Test func aCallThatIsKnownAfterItsSDKsSpanIsReplacedAllTheSame() {
        var scene = Self.replacing()
        scene.exchange(1, headers: [], from: 6, to: 7)
        _ = scene.decide(.client, trace: 1, span: 0xA)
        scene.exchange(2, headers: MergeScene.parent(1, 0xA))
        #expect(scene.merger.isReplaced(scene.close(2, .client)))
    }

    @Test func aCallBelowASpanThatIsNoCallsStays() {
        var scene = Self.replacing()
        scene.exchange(1, headers: MergeScene.parent(1, 0xA))
        _ = scene.decide(.internal, trace: 1, span: 0xA)
        #expect(!scene.merger.isReplaced(scene.close(1, .client)))
    }

    @Test func aRootThatReplacesOursTakesItsPlaceInTheTree() {
        var scene = Self.replacing()
        scene.open(1, .client)
        scene.open(1, .server, by: Samples.end(1, .client), .flow, pid: 8, peerPort: 51_234)
        let client = scene.close(1, .client)
        let root = scene.decide(.server, trace: 0xA, span: 0xB, peerPort: 51_234).rewrite
        #expect(root?.parentSpanID == client.spanID && root?.traceID == client.traceID)
    }

    @Test func aSpanFromAnotherTimeOfThatPortIsNot() {
        var scene = MergeScene()
        scene.open(1, .server, headers: [], pid: 9, peerPort: 51_234)
        scene.close(1, .server, pid: 9)
        let late = 5_000_000_000 as UInt64
        #expect(
            scene.decide(
                .server, trace: 0xA, span: 0xB, start: late, end: late + 10, peerPort: 51_234,
                now: late + 1_000_000_000
            ).isUnchanged)
    }

    @Test func twoThatCouldBeMeantAreNobodys() {
        var scene = MergeScene()
        for number in 1...2 as ClosedRange<UInt64> {
            scene.exchange(number, headers: MergeScene.parent(1, 0xA), to: UInt32(10 + number))
            scene.close(number, .server, pid: UInt32(10 + number))
        }
        #expect(scene.decide(.server, trace: 1, span: 0xB, parent: 0xA).isUnchanged)
        #expect(scene.merger.counters.ambiguous == 1)
    }

    @Test func aClockThatIsAheadIsNoted() {
        var scene = MergeScene()
        // Our server end hangs from the SDK's span, which by its own clock began 50 ms later.
        scene.open(1, .server, headers: MergeScene.parent(1, 0xA), start: 1000)
        let start = 50_001_000 as UInt64
        let rewrite = scene.decide(.client, trace: 1, span: 0xA, start: start, end: start + 10).rewrite
        #expect(rewrite?.clockSkew == 50_000_000)
        #expect(rewrite?.parentSpanID == nil && rewrite?.traceID == nil)
        #expect(scene.merger.counters.skewed == 1)
    }

    @Test func whatIsNotSampledGetsNoSpansBelow() {
        var scene = MergeScene()
        scene.exchange(1, headers: MergeScene.parent(1, 0xA, flags: "00"))
        #expect(scene.decide(.server, trace: 1, span: 0xB, parent: 0xA).isUnchanged)
    }

    @Test func memoryOfWhoReceivedWhatIsBounded() {
        var ends = ReceivingEnds(capacity: 10)
        for number in 0..<1000 as Range<UInt64> {
            _ = ends.append(
                ReceivingEnds.Entry(
                    end: Samples.end(number, .server), key: SpanKey(trace: MergeScene.trace(1), span: number % 7 + 1),
                    spanID: number, trace: MergeScene.trace(1), parentSpanID: 0, certainty: 1, isSampled: true,
                    isConsumer: false, isForwarding: false, process: .none, peerPort: UInt16(number % 3),
                    signature: number % 5 + 1, start: number))
        }
        var seen: [UInt64] = []
        for span in 1...7 as ClosedRange<UInt64> {
            ends.forEach(of: SpanKey(trace: MergeScene.trace(1), span: span)) { seen.append($0.spanID) }
        }
        #expect(seen.sorted() == Array(990..<1000))
        var ofPort: [UInt64] = []
        ends.forEach(from: 1) { ofPort.append($0.spanID) }
        #expect(ofPort == [997, 994, 991])
    }
}
