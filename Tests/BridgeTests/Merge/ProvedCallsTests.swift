import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP
@testable import Propagation

/// What spans of SDKs tell about which request a call was made for.
@Suite struct ProvedCallsTests {
    private let call = Samples.end(2, .client)
    private let request = Samples.end(1, .server)
    private let process = ProcessKey(pid: 8, start: 1)

    private func key(_ span: UInt64) -> SpanKey { SpanKey(trace: MergeScene.trace(1), span: span) }

    private func proofs(_ proved: inout ProvedCalls) -> [CallProof] {
        var proofs: [CallProof] = []
        while let proof = proved.nextProof() { proofs.append(proof) }
        return proofs
    }

    /// All orders in which what is known may come.
    @Test func inWhateverOrderItComesTheCallIsProvedOnce() {
        for order in [
            [0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2], [2, 3, 0, 1], [0, 3, 1, 2], [3, 0, 2, 1], [1, 2, 3, 0],
        ] {
            var proved = ProvedCalls(maximum: 16)
            for step in order {
                switch step {
                case 0: proved.called(call, in: process, below: key(0xC))
                case 1: proved.made(key(0xC), below: 0xB)
                case 2: proved.made(key(0xB), below: 0xA)
                default: proved.handled(request, in: process, by: key(0xA))
                }
            }
            #expect(proofs(&proved) == [CallProof(call: call, request: request)], "\(order)")
        }
    }

    @Test func anotherProcessOrTraceProvesNothing() {
        var proved = ProvedCalls(maximum: 16)
        proved.handled(request, in: process, by: key(0xA))
        proved.called(call, in: ProcessKey(pid: 9, start: 1), below: key(0xA))
        proved.called(call, in: process, below: SpanKey(trace: MergeScene.trace(2), span: 0xA))
        #expect(proofs(&proved).isEmpty)
    }

    @Test func circlesAndChainsWithoutEndStop() {
        var proved = ProvedCalls(maximum: 1024)
        proved.made(key(1), below: 2)
        proved.made(key(2), below: 1)
        proved.called(call, in: process, below: key(1))
        for span in 10..<UInt64(500) { proved.made(key(span), below: span + 1) }
        proved.called(call, in: process, below: key(10))
        #expect(proofs(&proved).isEmpty)
    }

    @Test func theSpansHeardOfFirstMakeRoom() {
        var proved = ProvedCalls(maximum: 4)
        proved.handled(request, in: process, by: key(0xA))
        for span in 1...UInt64(4) { proved.made(key(span), below: 100 + span) }
        proved.called(call, in: process, below: key(0xA))
        #expect(proofs(&proved).isEmpty)
    }

    @Test func spansOfAnSDKProveWhatOurCallWasMadeFor() {
        var scene = MergeScene()
        scene.exchange(1, headers: MergeScene.parent(1, 0xA), from: 7, to: 8)
        scene.open(2, .client, headers: MergeScene.parent(1, 0xC), pid: 8)
        _ = scene.decide(.client, trace: 1, span: 0xC, parent: 0xD)
        _ = scene.decide(.internal, trace: 1, span: 0xD, parent: 0xB)
        #expect(scene.merger.proved.nextProof() == nil)
        _ = scene.decide(.server, trace: 1, span: 0xB, parent: 0xA)
        #expect(scene.merger.proved.nextProof() == CallProof(call: call, request: request))
        #expect(scene.merger.proved.nextProof() == nil)
    }

    @Test func aContextThatIsPassedOnProvesNothing() {
        var scene = MergeScene()
        scene.exchange(1, headers: MergeScene.parent(1, 0xA), from: 7, to: 8)
        scene.open(2, .client, headers: MergeScene.parent(1, 0xA), pid: 8)
        _ = scene.decide(.server, trace: 1, span: 0xB, parent: 0xA)
        _ = scene.decide(.client, trace: 1, span: 0xA, parent: 0x9)
        #expect(scene.merger.proved.nextProof() == nil)
    }

    @Test func proofsReachTheOtherThreadAndThoseWithoutRoomAreCounted() {
        let queue = ProofQueue()
        var taken: [CallProof] = []
        queue.take(&taken)
        #expect(taken.isEmpty)
        for number in 0..<UInt64(ProofQueue.capacity + 3) {
            queue.push(CallProof(call: Samples.end(number, .client), request: request))
        }
        #expect(queue.drops == 3)
        queue.take(&taken)
        #expect(taken.count == ProofQueue.capacity && taken.first?.call == Samples.end(0, .client))
        queue.take(&taken)
        #expect(taken.isEmpty)
        queue.push(CallProof(call: call, request: request))
        queue.take(&taken)
        #expect(taken == [CallProof(call: call, request: request)])
    }
}
