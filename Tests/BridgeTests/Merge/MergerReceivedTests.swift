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

    @Test func aRootThatReplacesTheRootOfOursHangsFromNothing() {
        var scene = Self.replacing()
        scene.open(1, .server, pid: 8, peerPort: 51_234)
        let server = scene.close(1, .server, pid: 8)
        let root = scene.decide(.server, trace: 0xA, span: 0xB, peerPort: 51_234).rewrite
        #expect(scene.merger.isReplaced(server))
        #expect(root?.parentSpanID == nil && root?.traceID == server.traceID)
        // Another that begins in that trace hangs from what took the place of ours.
        #expect(scene.decide(.server, trace: 0xA, span: 0xC).rewrite?.parentSpanID == 0xB)
    }

    @Test func nothingHangsFromARootOfOursThatWasLeftOut() {
        var scene = MergeScene()
        scene.open(1, .server, pid: 8, peerPort: 51_234)
        scene.close(1, .server, pid: 8)
        _ = scene.decide(.server, trace: 0xA, span: 0xB, peerPort: 51_234)
        scene.merger.leaveOut(Samples.end(1, .server))
        #expect(scene.decide(.server, trace: 0xA, span: 0xC).rewrite?.parentSpanID == nil)
    }

    /// Two requests of one connection, in microseconds, and the one that a root from and to some moment is about.
    private static func request(
        of two: [Range<UInt64>], isAbout span: Range<UInt64>
    ) -> (request: UInt64?, ambiguous: UInt64) {
        var scene = MergeScene()
        var ids: [UInt64: UInt64] = [:]
        for (number, time) in zip(UInt64(1)..., two) {
            var opened = scene.samples.linked(number, .server, start: time.lowerBound * 1000, pid: 8)
            opened.exchange.peer.port = 51_234
            scene.merger.open(opened, fields: scene.samples.fields)
            var closed = scene.samples.linked(number, .server, phase: .closed, start: time.lowerBound * 1000, pid: 8)
            closed.exchange.ended = time.upperBound * 1000
            ids[scene.merger.close(closed, fields: scene.samples.fields).spanID] = number
        }
        let rewrite = scene.decide(
            .server, trace: 0xA, span: 0xB, start: span.lowerBound * 1000, end: span.upperBound * 1000, peerPort: 51_234
        ).rewrite
        return (rewrite?.parentSpanID.flatMap { ids[$0] }, scene.merger.counters.ambiguous)
    }

    @Test func aRootIsOfTheRequestThatBeginsAndEndsWithIt() {
        let two: [Range<UInt64>] = [1000..<1200, 2000..<2200]
        #expect(Self.request(of: two, isAbout: 1010..<1190) == (1, 0))
        #expect(Self.request(of: two, isAbout: 2010..<2190) == (2, 0))
        // By whole milliseconds it could be either.
        #expect(Self.request(of: two, isAbout: 1000..<1000) == (nil, 1))
        #expect(Self.request(of: [1000..<5000, 1020..<5030], isAbout: 1011..<5011) == (nil, 1))
    }

    @Test func aRootIsFoundBehindManyLaterRequestsOfItsConnection() {
        var scene = MergeScene()
        scene.open(1, .server, pid: 8, peerPort: 51_234)
        let first = scene.close(1, .server, pid: 8)
        for number in 2...100 as ClosedRange<UInt64> {
            scene.open(number, .server, start: number * 1_000_000_000, pid: 8, peerPort: 51_234)
        }
        let root = scene.decide(.server, trace: 0xA, span: 0xB, peerPort: 51_234, now: 200_000_000_000).rewrite
        #expect(root?.parentSpanID == first.spanID)
    }

    @Test func aTraceThatWasMovedStaysSoWhileItsSpansCome() {
        var scene = MergeScene()
        scene.open(1, .server, headers: MergeScene.parent(1, 1), pid: 9, peerPort: 51_234)
        scene.close(1, .server, pid: 9)
        #expect(
            scene.decide(.server, trace: 0xA, span: 0xB, peerPort: 51_234).rewrite?.traceID == MergeScene.trace(1))
        for second in [40, 80, 120] as [UInt64] {
            scene.merger.advance(to: second * 1_000_000_000)
            let inner = scene.decide(.internal, trace: 0xA, span: 0xC, parent: 0xB, now: second * 1_000_000_000)
            #expect(inner.rewrite?.traceID == MergeScene.trace(1), "\(second)")
        }
        scene.merger.advance(to: 200_000_000_000)
        #expect(scene.merger.alias(of: MergeScene.trace(0xA)) == nil)
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
        ends.forEach(from: 1, about: 900) { ofPort.append($0.spanID) }
        #expect(ofPort == [997, 994, 991])
    }
}
