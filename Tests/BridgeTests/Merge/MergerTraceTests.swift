import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP
@testable import Propagation

/// Which trace it is when several meet.
@Suite struct MergerTraceTests {
    @Test func aTraceOfOurOwnYieldsToTheContextMetBelowIt() {
        var scene = MergeScene()
        scene.open(1, .server)
        #expect(scene.merger.isPending(scene.merger.ends[Samples.end(1, .server)]!.traceID))
        scene.exchange(2, by: Samples.end(1, .server), from: 7, to: 8)
        scene.exchange(3, by: Samples.end(2, .server), headers: MergeScene.parent(0xA, 0xB), from: 8, to: 9)
        let places = [
            scene.close(3, .server, pid: 9), scene.close(3, .client, pid: 8), scene.close(2, .server, pid: 8),
            scene.close(2, .client), scene.close(1, .server),
        ]
        #expect(places.allSatisfy { $0.traceID == MergeScene.trace(0xA) })
        #expect(places[1].parentSpanID == 0xB)
        #expect(places[4].parentSpanID == 0)
        #expect(scene.merger.counters.tracesYielded == 1)
    }

    @Test func aTraceOfOurOwnDoesNotYieldByAGuess() {
        var scene = MergeScene()
        scene.open(1, .server)
        scene.open(
            2, .client, by: Samples.end(1, .server), confidence: 0.6, headers: MergeScene.parent(0xA, 0xB), pid: 7)
        let (call, root) = (scene.close(2, .client), scene.close(1, .server))
        #expect(call.traceID == MergeScene.trace(0xA) && call.parentSpanID == 0xB)
        #expect(root.traceID != call.traceID)
        #expect(scene.merger.counters.tracesYielded == 0)
    }

    @Test func aTraceOfOurOwnWhoseRootIsOverStaysWhatItIs() {
        var scene = MergeScene()
        scene.open(1, .server)
        let root = scene.close(1, .server)
        scene.open(2, .client, by: Samples.end(1, .server), headers: MergeScene.parent(0xA, 0xB))
        let call = scene.close(2, .client)
        #expect(call.traceID == root.traceID && call.parentSpanID == root.spanID)
        #expect(call.links.map(\.context.spanID) == [0xB])
        #expect(scene.merger.counters.apart.unseenSpans == 1)
    }

    @Test func anUnsampledContextBelowATraceOfOurOwnDropsWhatLiesBelow() {
        var scene = MergeScene()
        scene.open(1, .server)
        scene.exchange(2, by: Samples.end(1, .server), headers: MergeScene.parent(0xA, 0xB, flags: "00"))
        #expect(!scene.close(2, .server).isSampled)
        #expect(!scene.close(2, .client).isSampled)
        #expect(scene.close(1, .server).isSampled)
    }

    @Test func aTraceThatBeginsBehindAHopIsMovedUnderIt() {
        var scene = MergeScene()
        scene.sends(8, as: "shop")
        scene.exchange(1, headers: MergeScene.parent(1, 1), from: 7, to: 8)
        scene.exchange(2, by: Samples.end(1, .server), headers: MergeScene.parent(0xA, 0xB), from: 8, to: 9)
        let call = scene.close(2, .client, pid: 8)
        #expect(call.traceID == MergeScene.trace(1) && call.parentSpanID == 0xB)
        let served = scene.close(1, .server, pid: 8)
        // Its SDK's own spans: the root first, then one that is below it, then one of the next service.
        let root = scene.decide(.server, trace: 0xA, span: 0xC).rewrite
        #expect(root?.traceID == MergeScene.trace(1) && root?.parentSpanID == served.spanID)
        #expect(root?.keepsOriginal == true)
        let inner = scene.decide(.client, trace: 0xA, span: 0xB, parent: 0xC).rewrite
        #expect(inner?.traceID == MergeScene.trace(1) && inner?.parentSpanID == nil)
        let next = scene.decide(.server, trace: 0xA, span: 0xD, parent: 0xB, of: "other").rewrite
        #expect(next?.traceID == MergeScene.trace(1))
        #expect(next?.parentSpanID == scene.close(2, .server, pid: 9).spanID)
        #expect(scene.merger.counters.rerooted == 1)
    }

    @Test func aLongRequestLeavesInTheTraceThatItsOwnHasBecome() {
        var scene = MergeScene()
        scene.sends(8, as: "shop")
        scene.open(1, .server, pid: 8)
        scene.open(2, .client, by: Samples.end(1, .server), headers: MergeScene.parent(0xA, 0xB), pid: 8)
        scene.close(2, .client, pid: 8)
        #expect(scene.merger.alias(of: IDScheme.traceID(of: Samples.end(1, .server).id)) == MergeScene.trace(0xA))
        for second in 1...90 as ClosedRange<UInt64> { scene.merger.advance(to: second * 1_000_000_000) }
        #expect(scene.close(1, .server, pid: 8).traceID == MergeScene.trace(0xA))
    }

    private static func meeting(
        _ options: MergeOptions = MergeOptions(), confidence: Double = 1, flags: String = "01", sends: Bool = true,
        before: (inout MergeScene) -> Void = { _ in }
    ) -> (call: SpanContext, server: SpanContext, scene: MergeScene) {
        var scene = MergeScene(options)
        if sends { scene.sends(8, as: "shop") } else { scene.identify(8, as: "shop") }
        before(&scene)
        scene.exchange(1, headers: MergeScene.parent(1, 1), from: 7, to: 8)
        scene.open(
            2, .client, by: Samples.end(1, .server), confidence: confidence,
            headers: MergeScene.parent(0xA, 0xB, flags: flags), pid: 8)
        return (scene.close(2, .client, pid: 8), scene.close(1, .server, pid: 8), scene)
    }

    private func expectApart(
        _ met: (call: SpanContext, server: SpanContext, scene: MergeScene), _ count: KeyPath<ApartCounters, UInt64>
    ) {
        #expect(met.call.traceID == MergeScene.trace(1) && met.call.parentSpanID == met.server.spanID)
        #expect(met.call.links.map(\.context.spanID) == [0xB])
        #expect(met.scene.merger.counters.apart[keyPath: count] == 1)
        #expect(met.scene.merger.alias(of: MergeScene.trace(0xA)) == nil)
    }

    @Test func nothingIsMovedWhereTheConfigurationSaysLink() {
        var options = MergeOptions()
        options.rewritesRoots = false
        expectApart(Self.meeting(options), \.configured)
    }

    @Test func nothingIsMovedOfAServiceWhoseSpansGoAroundUs() {
        expectApart(Self.meeting(sends: false), \.unseenSpans)
    }

    @Test func aTraceThatCameFromElsewhereIsNotMoved() {
        let met = Self.meeting { scene in
            // Another process received it from a caller that is not seen.
            scene.open(9, .server, headers: MergeScene.parent(0xA, 0xF), pid: 20)
        }
        expectApart(met, \.received)
    }

    @Test func aTraceThatHasDepartedIsNotMoved() {
        let met = Self.meeting { scene in
            var linked = scene.samples.linked(9, .client, headers: MergeScene.parent(0xA, 0xF), pid: 20)
            linked.exchange.peer = Endpoint(ipv4: 0x0A00_0001, port: 80)
            scene.merger.open(linked, fields: scene.samples.fields)
        }
        expectApart(met, \.departed)
    }

    @Test func aContextThatLeavesAfterTheDecisionChangesNothingAndIsCounted() {
        var met = Self.meeting(sends: true)
        #expect(met.scene.merger.counters.rerooted == 1 && met.scene.merger.counters.torn == 0)
        var linked = met.scene.samples.linked(
            3, .client, parent: Samples.end(1, .server), method: .thread, headers: MergeScene.parent(0xA, 0xC), pid: 8)
        linked.link.confidence = 1
        linked.exchange.peer = Endpoint(ipv4: 0x0A00_0001, port: 80)
        met.scene.merger.open(linked, fields: met.scene.samples.fields)
        #expect(met.scene.merger.ends[linked.exchange.end]?.traceID == MergeScene.trace(1))
        #expect(met.scene.merger.counters.torn == 1)
    }

    @Test func aTraceOfWhichSpansHaveLeftIsNotMoved() {
        let met = Self.meeting { scene in
            #expect(scene.decide(.internal, trace: 0xA, span: 0xD).isUnchanged)
        }
        expectApart(met, \.late)
    }

    @Test func uncertainLineageGivesWayToANativeContext() {
        let met = Self.meeting(confidence: 0.6)
        #expect(met.call.traceID == MergeScene.trace(0xA) && met.call.parentSpanID == 0xB)
        #expect(met.scene.merger.counters.apart.uncertain == 1)
    }

    @Test func aTraceThatTheServiceReceivedIsSurerThanItsThreads() {
        var scene = MergeScene()
        scene.exchange(1, headers: MergeScene.parent(1, 1), from: 7, to: 8)
        scene.exchange(2, headers: MergeScene.parent(2, 2), from: 7, to: 8)
        // Threads say that it is the first one's call.
        scene.open(3, .client, by: Samples.end(1, .server), headers: MergeScene.parent(2, 0xB), pid: 8)
        let call = scene.close(3, .client, pid: 8)
        #expect(call.traceID == MergeScene.trace(2) && call.parentSpanID == 0xB)
    }

    @Test func aTraceIsMovedOnce() {
        var scene = MergeScene()
        scene.sends(8, as: "shop")
        scene.exchange(1, headers: MergeScene.parent(1, 1), from: 7, to: 8)
        scene.exchange(2, headers: MergeScene.parent(2, 2), from: 7, to: 8)
        scene.open(3, .client, by: Samples.end(1, .server), headers: MergeScene.parent(0xA, 0xB), pid: 8)
        scene.open(4, .client, by: Samples.end(2, .server), headers: MergeScene.parent(0xA, 0xC), pid: 8)
        #expect(scene.close(3, .client, pid: 8).parentSpanID == 0xB)
        let second = scene.close(4, .client, pid: 8)
        #expect(second.traceID == MergeScene.trace(2) && second.links.map(\.context.spanID) == [0xC])
    }

    @Test func ofABatchThatIsNotWhollyKnownASingleContextIsALink() {
        for isKnown in [true, false] {
            var scene = MergeScene()
            var linked = scene.samples.linked(1, .client, others: isKnown ? [] : [(.contextsUnknown, "3")])
            let (name, value) = MergeScene.parent(0xA, 0xB)[0]
            Array(name.utf8).withUnsafeBytes { name in
                Array(value.utf8).withUnsafeBytes {
                    scene.samples.fields.append(.context, .messageMetadata, name: name, value: $0)
                }
            }
            linked.exchange.fields.count += 1
            scene.merger.open(linked, fields: scene.samples.fields)
            let place = scene.merger.ends[linked.exchange.end]!
            #expect(place.parentSpanID == (isKnown ? 0xB : 0))
            #expect(place.links.map(\.context.spanID) == (isKnown ? [] : [0xB]))
        }
    }

    @Test func whatIsKnownOfTracesIsBounded() {
        var options = MergeOptions()
        options.maximumTraces = 50
        var scene = MergeScene(options)
        for number in 1...500 { scene.open(UInt64(number), .server, headers: MergeScene.parent(UInt64(number), 1)) }
        #expect(scene.merger.traces.count <= 50)
        scene.merger.advance(to: 2000)
        #expect(scene.merger.counters.tracesEvicted == 450)
    }

    @Test func whatIsKnownOfATraceIsForgottenInTime() {
        var scene = MergeScene()
        scene.open(1, .server, headers: MergeScene.parent(1, 1))
        scene.merger.advance(to: 59_000_000_000)
        #expect(scene.merger.traces.count == 1)
        scene.merger.advance(to: 61_000_000_000)
        #expect(scene.merger.traces.count == 0)
    }
}
