import Capture
import Testing

@testable import Correlate

/// What kinds of evidence are worth, and what comes of that.
@Suite struct TrustTests {
    private func reference(_ slot: UInt32) -> SlotReference { SlotReference(slot: slot, generation: 0) }

    private func opinions(_ items: (UInt32, EvidenceKind, Float)...) -> Opinions {
        var opinions = Opinions()
        for (slot, kind, probability) in items {
            opinions.add(Opinion(request: reference(slot), kind: kind, probability: probability))
        }
        return opinions
    }

    @Test func whatWasSeenNamesALinkBeforeWhatLooksAlike() {
        #expect(opinions((1, .values, 0.99), (1, .turn, 0.8)).best()?.kind == .turn)
        #expect(opinions((1, .turn, 0.8), (1, .requestID, 0.99)).best()?.kind == .requestID)
        #expect(opinions((1, .reader, 0.99), (1, .requestID, 0.8)).best()?.kind == .reader)
        #expect(opinions((1, .reader, 0.4), (1, .values, 0.8)).best()?.kind == .values)
        #expect(opinions((2, .timing, 0.8), (1, .reader, 0.3)).surest(of: reference(1))?.kind == .reader)
        #expect(opinions((1, .reader, Opinion.unproven)).surest(of: reference(1)) == nil)
    }

    @Test func callsWaitUntilThreadsHaveProvedRight() {
        let scene = Scene()
        var waited: [Bool] = []
        for number: UInt64 in 1...40 {
            let worker = Actor(thread: UInt32(number))
            scene.open(scene.server(number), worker)
            scene.open(scene.client(100 + number), worker)
            scene.flush(after: 200 * millisecond)
            waited.append(scene.link(scene.client(100 + number)) == nil)
            scene.close(scene.client(100 + number), worker)
            scene.close(scene.server(number), worker)
            scene.flush(after: 200 * millisecond)
            #expect(scene.parent(scene.client(100 + number)) == scene.server(number))
        }
        #expect(waited.first == true && waited.last == false)
        #expect(!waited.drop(while: { $0 }).contains(true), "trust that was earned stays")
    }

    @Test func aProcessThatChangesItsWaysIsNotBelievedAnyLonger() {
        let scene = Scene()
        for number: UInt64 in 1...20 {
            let worker = Actor(thread: UInt32(number))
            scene.open(scene.server(number), worker)
            scene.call(100 + number, worker)
            scene.close(scene.server(number), worker)
        }
        // From here on whoever reads a request calls for another, and others answer.
        for number: UInt64 in 200..<260 {
            let (reader, worker) = (Actor(thread: UInt32(number)), Actor(thread: 1_000 + UInt32(number)))
            scene.open(scene.server(number), reader)
            scene.open(scene.server(number + 1_000), Actor(thread: 5_000 + UInt32(number)))
            scene.call(number + 2_000, worker)
            scene.close(scene.server(number), worker)
            scene.close(scene.server(number + 1_000), reader)
        }
        scene.finish()
        for number: UInt64 in 200..<260 {
            #expect(scene.parent(scene.client(number + 2_000)) == scene.server(number))
        }
    }

    @Test func whereExecutionSpeaksOfAllElseACallInSilenceIsNobodys() {
        func parentOfAnExport(amongCallsInSilence isSilent: Bool) -> ExchangeEnd? {
            let scene = Scene(timing: true)
            for number: UInt64 in 1...41 {
                let worker = Actor(thread: UInt32(number))
                scene.open(scene.server(number), worker)
                scene.call(1_000 + number, number > 40 || isSilent ? Actor(thread: 5_000 + UInt32(number)) : worker)
                scene.close(scene.server(number), worker)
                scene.flush(after: 200 * millisecond)
            }
            scene.finish()
            return scene.parent(scene.client(1_041))
        }
        #expect(parentOfAnExport(amongCallsInSilence: true) == Scene().server(41))
        #expect(parentOfAnExport(amongCallsInSilence: false) == nil)
    }

    @Test func kindsThatAgreeAreSurerThanEither() {
        let best = opinions((1, .answerer, 0.9), (1, .socket, 0.9)).best()
        #expect(best?.request == reference(1))
        #expect((best?.probability ?? 0) > 0.98)
    }

    @Test func kindsThatLookAtTheSameThingCountOnce() {
        let best = opinions((1, .answerer, 0.9), (1, .reader, 0.9), (1, .turn, 0.9)).best()
        #expect(abs((best?.probability ?? 0) - 0.9) < 0.01)
    }

    @Test func kindsThatDisagreeWeakenOneAnother() {
        let best = opinions((1, .answerer, 0.98), (2, .socket, 0.9)).best()
        #expect(best?.request == reference(1))
        #expect((best?.probability ?? 1) < 0.9)
        #expect(best?.kind == .answerer)
    }

    @Test func whatIsToBeProvedSaysNothing() {
        #expect(opinions((1, .order, Opinion.unproven)).best() == nil)
        let best = opinions((1, .reader, 0.9), (2, .order, Opinion.unproven)).best()
        #expect(abs((best?.probability ?? 0) - 0.9) < 0.001)
    }

    @Test func reliabilityFollowsWhatWasProved() {
        var reliability = Correlate.Reliability()
        #expect(!reliability.isProven(.reader), "nothing was proved")
        for _ in 0..<100 { reliability.proved(true) }
        #expect(reliability.isProven(.reader))
        for _ in 0..<10 { reliability.proved(false) }
        #expect(!reliability.isProven(.reader))
        for _ in 0..<5_000 { reliability.proved(false) }
        #expect(reliability.mean(.reader) < 0.02, "what was long ago fades")
    }

    @Test func orderIsEvidenceWhereItHasHeld() {
        let scene = Scene()
        var turn: UInt32 = 0
        for round: UInt64 in 0..<6 {
            let first = round * 100 + 1
            for number in first...first + 3 {
                turn += 1
                scene.open(scene.server(number), Actor(thread: 7, turn: turn))
            }
            for number in first...first + 3 {
                turn += 1
                scene.open(scene.client(number + 50), Actor(thread: 7, turn: turn))
            }
            for number in first...first + 3 {
                turn += 1
                scene.close(scene.client(number + 50), Actor(thread: 7, turn: turn))
                // In the last round nothing but order is left: answers come later.
                if round == 5 { turn += 1 }
                scene.close(scene.server(number), Actor(thread: 7, turn: turn))
            }
        }
        scene.finish()
        for number: UInt64 in 501...504 { #expect(scene.parent(scene.client(number + 50)) == scene.server(number)) }
    }
}
