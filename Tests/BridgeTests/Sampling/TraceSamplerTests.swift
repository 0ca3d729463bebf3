import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP
@testable import Propagation

@Suite struct TraceSamplerTests {
    private static let second = SampledScene.second

    private static func parent(_ flags: String) -> [(String, String)] {
        [("traceparent", "00-0af7651916cd43dd8400000000000000-b7ad6b7169203331-" + flags)]
    }

    // MARK: - Contexts

    @Test(arguments: [0.0, 0.5]) func whatAContextSaysWinsOverTheRatio(_ ratio: Double) {
        var scene = SampledScene { $0.ratio = ratio }
        scene.trace(1, headers: Self.parent("01"))
        #expect(scene.spans.count == 3)
        scene.trace(2, headers: Self.parent("00"))
        #expect(scene.spans.count == 3 && scene.stage.counters.unsampled == 3)
        #expect(scene.isConserved)
        #expect(scene.state(0) == "")
    }

    @Test func alwaysOnExportsWhatIsNotRecorded() {
        var scene = SampledScene {
            $0.ratio = 0
            $0.isAlwaysOn = true
        }
        scene.trace(1, headers: Self.parent("00"))
        #expect(scene.spans.count == 3 && scene.isConserved)
    }

    @Test func anUndecidedContextLeavesItToTheRatioAndADebugFlagDoesNot() {
        var scene = SampledScene { $0.ratio = 0.5 }
        let low = "0af7651916cd43dd8400000000000000-b7ad6b7169203331"
        let high = "0af7651916cd43dd84ffffffffffffff-b7ad6b7169203331"
        scene.trace(1, headers: [("b3", low)])
        #expect(scene.spans.isEmpty && scene.sampled.out.ratio == 3)
        scene.trace(2, headers: [("b3", high)])
        #expect(scene.spans.count == 3 && scene.state(0) == "ot=th:8")
        for forced in [
            [("b3", low + "-d")],
            [
                ("x-b3-traceid", "0af7651916cd43dd8400000000000000"), ("x-b3-spanid", "b7ad6b7169203331"),
                ("x-b3-flags", "1"),
            ],
            [("uber-trace-id", "8400000000000000:b7ad6b7169203331:0:3")],
        ] {
            scene.spans.removeAll()
            scene.trace(
                SampledScene.number(scene.spans.count + forced.count + Int(forced[0].1.utf8.count)), headers: forced)
            #expect(scene.spans.count == 3, "\(forced)")
        }
    }

    // MARK: - Ratio

    @Test func theRatioKeepsWholeTracesByTheirIDs() {
        var scene = SampledScene { $0.ratio = 0.25 }
        for index in 0..<2000 { scene.trace(SampledScene.number(index)) }
        let threshold = SamplingThreshold(probability: 0.25)
        let expected = (0..<2000).map { SampledScene.trace(SampledScene.number($0)) }
            .filter { threshold.keeps($0.randomness) }
        #expect(scene.left == Dictionary(uniqueKeysWithValues: expected.map { ($0, 3) }))
        #expect(abs(scene.left.count - 500) < 80)
        #expect(scene.isConserved && scene.sampled.out.ratio == UInt64(6000 - scene.spans.count))
        #expect((0..<scene.spans.count).allSatisfy { scene.state($0) == "ot=th:c" })
    }

    @Test func agentsAgreeOnTheTracesTheyKeep() {
        var scenes = [0.1, 0.1, 0.4].map { ratio in SampledScene { $0.ratio = ratio } }
        for index in 0..<500 {
            for agent in scenes.indices { scenes[agent].trace(SampledScene.number(index)) }
        }
        #expect(scenes[0].left == scenes[1].left)
        #expect(!scenes[0].left.isEmpty && Set(scenes[0].left.keys).isStrictSubset(of: scenes[2].left.keys))
    }

    // MARK: - Rate

    @Test func theRateLimitKeepsWholeTracesAndARareOperation() {
        var scene = SampledScene { $0.rateLimit = 20 }
        for second in 0..<6 {
            for index in 0..<400 {
                let number = SampledScene.number(second * 1000 + index)
                scene.trace(number, target: index % 100 == 7 ? "/rare" : "/busy/\(index)")
                scene.wait(Self.second / 400)
            }
        }
        #expect(scene.left.values.allSatisfy { $0 == 3 })
        #expect(scene.isConserved && scene.sampled.out.rateLimit > 0)
        let rare = (0..<6).flatMap { second in
            (0..<4).map { SampledScene.trace(SampledScene.number(second * 1000 + $0 * 100 + 7)) }
        }
        #expect(rare.allSatisfy { scene.left[$0] == 3 })
        #expect(scene.left.count < 200 && scene.left.count > 80)
    }

    @Test func aBurstOfTracesIsBounded() {
        var sampler = TraceSampler(
            options: {
                var options = SampleOptions()
                options.rateLimit = 100
                options.maximumTraces = 10_000
                return options
            }())
        var spans = SpanBatch()
        var kept = 0
        for index in 0..<200_000 {
            let end = Samples.end(SampledScene.number(index), .server)
            var place = SpanContext(rootOf: end, join: .link(.none), confidence: 0, earliest: 0)
            if case .goesOn = sampler.admit(&place, now: 1, into: &spans) { kept += 1 }
        }
        #expect(kept < 300)
        #expect(sampler.counters.out.rateLimit == UInt64(200_000 - kept))
        #expect(sampler.counters.forgotten == 190_000)
    }

    // MARK: - Rules

    @Test func anErrorKeepsTheWholeTrace() {
        var scene = SampledScene {
            $0.ratio = 0
            $0.rules.errors = true
        }
        for index in 0..<100 { scene.trace(SampledScene.number(index), failing: index % 10 == 3 ? 0 : nil) }
        scene.wait(2 * Self.second)
        #expect(scene.left.count == 10 && scene.left.values.allSatisfy { $0 == 3 })
        #expect((0..<30).allSatisfy { scene.state($0) == "" })
        #expect(scene.sampled.keptByRule.error == 10 && scene.sampled.ended.rootEnded == 90)
        #expect(scene.isConserved && scene.sampled.heldSpans == 0 && scene.sampled.heldBytes == 0)
    }

    @Test func spansAreHeldUntilTheRootIsOverAndSettled() {
        var scene = SampledScene {
            $0.ratio = 0
            $0.rules.errors = true
        }
        let root = Samples.end(1, .server)
        scene.see(1, .server, .opened)
        scene.see(2, .client, .opened, under: root)
        scene.see(2, .client, .closed, under: root)
        scene.see(3, .client, .opened, under: root)
        scene.see(1, .server, .closed)
        scene.wait(Self.second / 2)
        #expect(scene.spans.isEmpty && scene.stage.waitingCount == 2)
        // One that ends after its root is part of the trace.
        scene.see(3, .client, .closed, under: root, status: 503)
        #expect(scene.left == [SampledScene.trace(1): 3])
    }

    @Test func aTraceIsDecidedWhenItsTimeIsOver() {
        var scene = SampledScene {
            $0.ratio = 0
            $0.rules.errors = true
        }
        let root = Samples.end(1, .server)
        scene.see(1, .server, .opened)
        scene.see(2, .client, .opened, under: root)
        scene.see(2, .client, .closed, under: root)
        scene.wait(3 * Self.second)
        scene.wait(10 * Self.second)
        #expect(scene.sampled.ended.waited == 1 && scene.sampled.out.ratio == 1)
        // What comes later goes the way of the others, even with an error: a trace is whole or not there.
        scene.see(1, .server, .closed, status: 500)
        scene.finish()
        #expect(scene.spans.isEmpty && scene.isConserved && scene.sampled.out.ratio == 2)
    }

    @Test func aRequestThatIsStillUnderWayIsSlow() {
        var scene = SampledScene {
            $0.ratio = 0
            $0.rules.slowerThan = 2 * Self.second
        }
        let root = Samples.end(1, .server)
        scene.see(1, .server, .opened)
        scene.see(2, .client, .opened, under: root)
        scene.see(2, .client, .closed, under: root)
        scene.wait(3 * Self.second)
        scene.wait(10 * Self.second)
        #expect(scene.spans.count == 1 && scene.sampled.keptByRule.slow == 1)
        scene.see(1, .server, .closed, lasting: 13 * Self.second)
        #expect(scene.left == [SampledScene.trace(1): 2])
    }

    @Test func slownessAndAttributesKeepTraces() {
        var scene = SampledScene {
            $0.ratio = 0
            $0.rules.slowerThan = Self.second
            $0.rules.attributes = [
                .init(key: "url.path", value: TextPattern("/gold/*")),
                .init(key: "service.name", value: TextPattern("service-9")),
                .init(key: "http.response.status_code", value: TextPattern("4??")),
            ]
        }
        scene.trace(1, target: "/gold/1")
        scene.trace(2, target: "/silver")
        scene.trace(3, pid: 9)
        scene.see(4, .server, .opened)
        scene.see(4, .server, .closed, lasting: 2 * Self.second)
        scene.see(5, .server, .opened)
        scene.see(5, .server, .closed, status: 404)
        scene.wait(2 * Self.second)
        let expected: [(UInt64, Int)] = [(1, 3), (3, 3), (4, 1), (5, 1)]
        #expect(scene.left == Dictionary(uniqueKeysWithValues: expected.map { (SampledScene.trace($0), $1) }))
        #expect(scene.sampled.keptByRule == KeptByRule(error: 0, slow: 1, attribute: 3, header: 0))
        #expect(scene.isConserved)
    }

    @Test func aMarkedRequestIsTracedWhole() {
        var scene = SampledScene {
            $0.ratio = 0
            $0.rules.headers = ["x-trace-me"]
        }
        // Marked at its root: nothing waits.
        let root = Samples.end(1, .server)
        scene.see(1, .server, .opened, marks: ["X-Trace-Me"])
        scene.see(2, .client, .opened, under: root)
        scene.see(2, .client, .closed, under: root)
        scene.see(1, .server, .closed, marks: ["X-Trace-Me"])
        #expect(scene.left == [SampledScene.trace(1): 2])
        // Marked further down: what is above and beside it comes along.
        let other = Samples.end(11, .server)
        scene.see(11, .server, .opened)
        scene.see(12, .client, .opened, under: other)
        scene.see(12, .client, .closed, under: other)
        scene.see(13, .client, .opened, under: other, marks: ["x-trace-me"])
        scene.see(13, .client, .closed, under: other, marks: ["x-trace-me"])
        scene.see(11, .server, .closed)
        #expect(scene.left[SampledScene.trace(11)] == 3)
        // A header of another name is none, nor is the answer's.
        scene.see(21, .server, .opened, marks: ["x-trace-you"])
        scene.see(21, .server, .closed, marks: ["x-trace-you"])
        scene.wait(2 * Self.second)
        #expect(scene.left[SampledScene.trace(21)] == nil && scene.isConserved)
    }

    @Test func aMarkWinsOverAContextThatDoesNotRecord() {
        var scene = SampledScene { $0.rules.headers = ["x-trace-me"] }
        scene.see(1, .server, .opened, headers: Self.parent("00"), marks: ["x-trace-me"])
        scene.see(1, .server, .closed, headers: Self.parent("00"), marks: ["x-trace-me"])
        #expect(scene.spans.count == 1 && scene.isConserved)
    }

    @Test func aSpanWhoseProcessIsLookedUpIsWaitedFor() {
        var scene = SampledScene(answersAfter: [8: 6]) {
            $0.ratio = 0
            $0.rules.errors = true
        }
        let root = Samples.end(1, .server)
        scene.see(1, .server, .opened)
        scene.see(2, .client, .opened, under: root, pid: 8)
        scene.see(2, .client, .closed, under: root, status: 500, pid: 8)
        scene.see(1, .server, .closed)
        scene.wait(Self.second * 19 / 10)
        #expect(scene.spans.isEmpty && scene.isConserved)
        for _ in 0..<6 { scene.wait(1) }
        #expect(scene.left == [SampledScene.trace(1): 2] && scene.isConserved)
    }

    @Test func traceWhoseSpansAreAllReplacedIsForgotten() {
        var sampler = TraceSampler(
            options: {
                var options = SampleOptions()
                options.ratio = 0
                options.rules.errors = true
                return options
            }())
        var spans = SpanBatch()
        var places = (0..<3).map {
            var place = SpanContext(
                rootOf: Samples.end(UInt64($0), .server), join: .link(.none), confidence: 0, earliest: 0)
            place.traceID = SampledScene.trace(1)
            return place
        }
        for index in places.indices {
            guard case .goesOn = sampler.admit(&places[index], now: 1, into: &spans) else {
                Issue.record("it is undecided")
                return
            }
        }
        #expect(sampler.counters.openTraces == 1)
        // Its time begins when something of it is held.
        sampler.advance(now: 100 * Self.second, into: &spans)
        #expect(sampler.counters.openTraces == 1)
        for place in places { sampler.withdraw(place, now: 2) }
        #expect(sampler.counters.openTraces == 0 && sampler.counters.out.total == 0)
    }

    // MARK: - Bounds

    @Test func whatIsHeldIsBoundedAndTheOldestGoFirst() {
        var scene = SampledScene {
            $0.ratio = 0
            $0.rules.errors = true
            $0.maximumMemory = 1 << 20
        }
        for index in 0..<2000 {
            scene.trace(SampledScene.number(index))
            #expect(scene.sampled.heldBytes <= 1 << 20)
        }
        #expect(scene.sampled.ended.crowdedOut > 500 && scene.sampled.openTraces > 100)
        // The youngest are still there.
        let last = Samples.end(SampledScene.number(1999), .server)
        scene.see(5, .client, .opened, under: last)
        scene.see(5, .client, .closed, under: last, status: 500)
        #expect(scene.left == [SampledScene.trace(SampledScene.number(1999)): 4])
        #expect(scene.isConserved)
        scene.finish()
        #expect(scene.isConserved && scene.sampled.heldBytes == 0 && scene.stage.waitingCount == 0)
    }

    @Test func anEndlessTraceIsDecidedOnceAndTakesNoMemory() {
        var scene = SampledScene {
            $0.ratio = 0
            $0.rules.errors = true
            $0.maximumMemory = 1 << 20
        }
        let root = Samples.end(1, .server)
        scene.see(1, .server, .opened)
        for index in 0..<3000 {
            let number = SampledScene.number(index)
            scene.see(number, .client, .opened, under: root)
            scene.see(number, .client, .closed, under: root, status: index > 2500 ? 500 : 200)
            scene.wait(10_000_000)
            #expect(scene.sampled.heldBytes <= 1 << 20)
        }
        #expect(scene.spans.isEmpty && scene.sampled.openTraces == 0)
        #expect(scene.sampled.ended.waited + scene.sampled.ended.crowdedOut == 1)
        #expect(scene.isConserved)
    }

    @Test func noRulesMeansThatNothingWaits() {
        var scene = SampledScene { $0.ratio = 0.5 }
        for index in 0..<100 { scene.trace(SampledScene.number(index)) }
        #expect(scene.stage.waitingCount == 0 && scene.sampled.heldBytes == 0)
    }
}
