import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP
@testable import Propagation

/// What becomes of probes, of what they cause, and of what only seems to be caused by them.
@Suite struct MergerLeftOutTests {
    private static let probe: [(FieldKey, String)] = [(.userAgent, "kube-probe/1.29")]

    /// A probe of which both ends are seen.
    private func probed(_ options: MergeOptions = MergeOptions(), headers: [(String, String)] = []) -> MergeScene {
        var scene = MergeScene(options)
        open(1, .client, in: &scene, others: Self.probe, headers: headers)
        open(1, .server, by: Samples.end(1, .client), .flow, in: &scene, others: Self.probe, headers: headers)
        return scene
    }

    private func open(
        _ number: UInt64, _ role: Role, by parent: ExchangeEnd? = nil, _ method: LinkMethod = .thread,
        confidence: Double = 1, in scene: inout MergeScene, others: [(FieldKey, String)] = [],
        headers: [(String, String)] = []
    ) {
        var linked = scene.samples.linked(
            number, role, parent: parent, method: method, headers: headers, others: others)
        if parent != nil { linked.link.confidence = confidence }
        scene.merger.open(linked, fields: scene.samples.fields)
    }

    @Test func bothEndsOfAProbeAreLeftOut() {
        var scene = probed()
        #expect(scene.close(1, .client).leftOut == .probe)
        #expect(scene.close(1, .server).leftOut == .probe)
        #expect(!scene.merger.isPending(IDScheme.traceID(of: Samples.end(1, .client).id)))
    }

    @Test func whatIsKeptIsASpanLikeAnyOther() {
        var options = MergeOptions()
        options.leavesOutTelemetry = false
        var scene = probed(options)
        let (client, server) = (scene.close(1, .client), scene.close(1, .server))
        #expect(client.leftOut == nil && server.leftOut == nil)
        #expect(server.parentSpanID == client.spanID)
    }

    @Test func whatAProbeCertainlyCausesGoesWithIt() {
        var scene = probed()
        open(2, .client, by: Samples.end(1, .server), in: &scene)
        open(2, .server, by: Samples.end(2, .client), .flow, in: &scene)
        open(3, .client, by: Samples.end(2, .server), .goroutine, confidence: 0.95, in: &scene)
        for (number, role) in [(UInt64(2), Role.client), (2, .server), (3, .client)] {
            #expect(scene.close(number, role).leftOut == .caused, "\(number) \(role)")
        }
    }

    @Test(arguments: [(LinkMethod.thread, 0.89), (.timing, 0.99), (.values, 1)])
    func whatIsNotCertainStaysAsARoot(_ method: LinkMethod, _ confidence: Double) {
        var scene = probed()
        open(2, .client, by: Samples.end(1, .server), method, confidence: confidence, in: &scene)
        open(2, .server, by: Samples.end(2, .client), .flow, in: &scene)
        let (call, served) = (scene.close(2, .client), scene.close(2, .server))
        #expect(call.leftOut == nil && call.parentSpanID == 0 && call.confidence == 0)
        #expect(call.join.name.description == "none")
        #expect(call.traceID == IDScheme.traceID(of: Samples.end(2, .client).id))
        #expect(served.leftOut == nil && served.parentSpanID == call.spanID)
    }

    @Test func certaintyIsThatOfTheWholeChain() {
        var scene = probed()
        open(2, .client, by: Samples.end(1, .server), confidence: 0.92, in: &scene)
        open(2, .server, by: Samples.end(2, .client), .flow, in: &scene)
        open(3, .client, by: Samples.end(2, .server), confidence: 0.92, in: &scene)
        #expect(scene.close(2, .server).leftOut == .caused)
        let last = scene.close(3, .client)
        #expect(last.leftOut == nil && last.parentSpanID == 0)
    }

    @Test func whatCarriesAContextOfItsOwnBelongsToThatTrace() {
        var scene = probed(headers: MergeScene.parent(7, 70))
        open(2, .client, by: Samples.end(1, .server), in: &scene, headers: MergeScene.parent(7, 71))
        let call = scene.close(2, .client)
        #expect(call.leftOut == nil)
        #expect(call.traceID == MergeScene.trace(7) && call.parentSpanID == 71)
    }

    @Test func aContextThatIsPassedOnIsNotItsOwn() {
        var scene = probed(headers: MergeScene.parent(7, 70))
        open(2, .client, by: Samples.end(1, .server), in: &scene, headers: MergeScene.parent(7, 70))
        #expect(scene.close(2, .client).leftOut == .caused)
    }

    @Test func nothingOfAnSDKIsHungFromAProbe() {
        var scene = probed(headers: MergeScene.parent(7, 70))
        let decision = scene.decide(.server, trace: 7, span: 80, parent: 70)
        #expect(decision.isUnchanged || decision.isWait, "\(decision)")
    }

    @Test func theOtherEndGoesWithItWhateverItsHeadSays() {
        var scene = MergeScene()
        open(1, .client, in: &scene, others: Self.probe)
        open(1, .server, by: Samples.end(1, .client), .flow, in: &scene)
        #expect(scene.close(1, .server).leftOut == .probe)
    }

    @Test func aRequestThatLeadsToTelemetryIsNoneItself() {
        var scene = MergeScene()
        open(1, .server, in: &scene)
        open(2, .client, by: Samples.end(1, .server), in: &scene, others: Self.probe)
        open(3, .client, by: Samples.end(1, .server), in: &scene)
        #expect(scene.close(2, .client).leftOut == .probe)
        let (request, call) = (scene.close(1, .server), scene.close(3, .client))
        #expect(request.leftOut == nil && call.parentSpanID == request.spanID)
    }
}
