import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP
@testable import Propagation

/// Another way of sampling while traces are under way.
@Suite struct SamplingChangeTests {
    private static let second = SampledScene.second

    /// Opens a request and makes a call, of which the call ends; the request is still under way.
    private static func begin(_ scene: inout SampledScene, _ number: UInt64) {
        let call = Mixer.mix(number &+ 77)
        scene.see(number, .server, .opened)
        scene.see(call, .client, .opened, under: Samples.end(number, .server))
        scene.see(call, .client, .closed, under: Samples.end(number, .server))
    }

    /// Makes another call for a request and ends it.
    private static func end(_ scene: inout SampledScene, _ number: UInt64, status: Int32 = 200) {
        let call = Mixer.mix(number &+ 78)
        scene.see(call, .client, .opened, under: Samples.end(number, .server))
        scene.see(call, .client, .closed, under: Samples.end(number, .server), status: status)
        scene.see(number, .server, .closed)
    }

    @Test(arguments: [(1.0, 0.0), (0.0, 1.0), (0.5, 0.1), (0.1, 0.5)])
    func tracesThatBeganBeforeStayWhole(_ ratios: (Double, Double)) {
        var scene = SampledScene { $0.ratio = ratios.0 }
        let numbers = (0..<200).map(SampledScene.number)
        for number in numbers { Self.begin(&scene, number) }
        // What waited for its trace's root has been decided by the time this is over.
        scene.wait(3 * Self.second)
        scene.use { $0.ratio = ratios.1 }
        for number in numbers { Self.end(&scene, number) }
        scene.wait(3 * Self.second)
        #expect(scene.left.values.allSatisfy { $0 == 3 }, "\(scene.left.values.filter { $0 != 3 }.count) are torn")
        let former = SamplingThreshold(probability: ratios.0)
        let wanted = numbers.map { IDScheme.traceID(of: Samples.end($0, .server).id) }.filter {
            former.keeps($0.randomness)
        }
        #expect(Set(scene.left.keys) == Set(wanted))
        #expect(scene.isConserved)
    }

    @Test func tracesThatBeginLaterGoByTheNewRatio() {
        var scene = SampledScene { $0.ratio = 0 }
        scene.trace(1)
        scene.wait(Self.second)
        scene.use { $0.ratio = 1 }
        scene.wait(Self.second)
        scene.trace(2)
        #expect(scene.spans.count == 3 && scene.sampled.out.ratio == 3 && scene.isConserved)
    }

    @Test func whatRulesKeepLaterDoesNotTearWhatWasLeftOut() {
        var scene = SampledScene { $0.ratio = 0 }
        Self.begin(&scene, 1)
        scene.wait(3 * Self.second)
        scene.use { $0.rules.errors = true }
        Self.end(&scene, 1, status: 500)
        scene.trace(2, failing: 0)
        scene.finish()
        #expect(scene.left.count == 1 && scene.spans.count == 3 && scene.isConserved)
    }

    @Test func whatIsHeldWhenRulesGoIsLeftOut() {
        var scene = SampledScene {
            $0.ratio = 0
            $0.rules.errors = true
        }
        scene.trace(1)
        #expect(scene.sampled.heldSpans == 3)
        scene.use { $0.rules.errors = false }
        scene.wait(20 * Self.second)
        #expect(scene.spans.isEmpty && scene.sampled.out.ratio == 3 && scene.isConserved)
    }

    @Test func whatBeganUnderRulesIsKeptByThem() {
        var scene = SampledScene {
            $0.ratio = 0
            $0.rules.errors = true
        }
        // Let in before the change, and over after it.
        Self.begin(&scene, 1)
        scene.use(nil)
        Self.end(&scene, 1, status: 500)
        scene.wait(3 * Self.second)
        #expect(scene.left.values.map { $0 } == [3] && scene.isConserved)
    }

    @Test func samplingThatComesLaterLosesNothingThatWasLetIn() {
        // Whose spans wait for the identity of their process when sampling begins.
        var scene = SampledScene(answersAfter: [7: 1000], sampled: false) { _ in }
        scene.trace(1)
        #expect(scene.spans.isEmpty)
        scene.use { $0.ratio = 0 }
        scene.wait(3 * Self.second)
        #expect(scene.spans.count == 3)
    }

    @Test func samplingThatGoesLetsAllLeave() {
        var scene = SampledScene { $0.ratio = 0 }
        scene.trace(1)
        scene.wait(Self.second)
        scene.use(nil)
        scene.wait(Self.second)
        scene.trace(2)
        #expect(scene.spans.count == 3 && scene.isConserved)
    }

    @Test func nothingIsForgottenWhereNothingChanges() {
        var scene = SampledScene { $0.rateLimit = 1 }
        for number in 0..<40 { scene.trace(SampledScene.number(number)) }
        let before = scene.spans.count
        scene.use { $0.rateLimit = 1 }
        for number in 40..<80 { scene.trace(SampledScene.number(number)) }
        #expect(scene.spans.count - before < before)
    }
}
