import Testing

@testable import Correlate

@Suite struct DecisionTests {
    private let one = SlotReference(slot: 1, generation: 0)
    private let two = SlotReference(slot: 2, generation: 0)

    private func certain(_ reference: SlotReference) -> Standing { Standing(candidate: reference, choices: 1) }

    private func decide(_ standings: [(Standing, LinkMethod, Double)]) -> (SlotReference?, LinkMethod, Double) {
        var decision = Decision()
        for (standing, method, weight) in standings { decision.add(standing, method: method, weight: weight) }
        let outcome = decision.outcome()
        return (outcome.candidate, outcome.method, outcome.confidence)
    }

    @Test func noEvidenceIsNoParent() {
        #expect(decide([]) == (nil, .none, 0))
        #expect(decide([(.nothing, .thread, 1)]) == (nil, .none, 0))
    }

    @Test func oneCandidateIsCertainAndOfSeveralEquallyLikelyNoneIs() {
        #expect(decide([(certain(one), .thread, 1)]) == (one, .thread, 1))
        #expect(decide([(Standing(candidate: one, choices: 2), .thread, 1)]) == (nil, .thread, 0.5))
        #expect(decide([(Standing(candidate: .none, choices: 4), .fork, 1)]) == (nil, .fork, 0.25))
    }

    @Test func evidenceThatLeavesAChoiceDoesNotContradict() {
        let vague = Standing(candidate: two, choices: 3)
        #expect(decide([(vague, .thread, 1), (certain(one), .socket, 9)]) == (one, .socket, 1))
        #expect(decide([(certain(one), .socket, 9), (vague, .thread, 1)]) == (one, .socket, 1))
    }

    @Test func contradictionCountsByWeight() {
        #expect(decide([(certain(one), .thread, 1), (certain(two), .socket, 9)]) == (two, .socket, 0.9))
        #expect(decide([(certain(one), .thread, 1), (certain(two), .fork, 1)]).0 == nil)
        #expect(decide([(certain(one), .thread, 1), (certain(one), .socket, 9)]) == (one, .thread, 1))
    }

    @Test func vagueEvidenceThatAgreesAddsUp() {
        let (parent, _, confidence) = decide([
            (Standing(candidate: one, choices: 2), .thread, 1), (Standing(candidate: one, choices: 4), .socket, 1),
        ])
        #expect(parent == one)
        #expect(confidence == 0.375)
    }

    @Test func evidenceThatHasProvedWrongCountsLess() {
        let doubtful = Standing(candidate: one, choices: 1, reliability: 0.25)
        #expect(decide([(doubtful, .thread, 1)]) == (one, .thread, 0.25))
        #expect(decide([(doubtful, .thread, 1), (certain(two), .socket, 1)]).0 == two)
    }
}
