import Capture
import Testing

@testable import Correlate

/// An exchange that Capture left out at one end is left out at the other.
@Suite struct SheddingTests {
    private let caller = Actor(thread: 1, pid: 1)
    private let service = Actor(thread: 2, pid: 2)

    private func opened() -> Scene {
        let scene = Scene()
        scene.open(scene.client(1), caller)
        scene.open(scene.server(1), service)
        return scene
    }

    @Test func theOtherEndOfWhatIsCutIsLeftOutHoweverItEnds() {
        for first in [Role.client, .server] {
            let scene = opened()
            let ends = [scene.client(1), scene.server(1)]
            for end in first == .client ? ends : ends.reversed() {
                scene.close(end, caller, outcome: end.role == first ? .shed : .complete)
            }
            scene.finish()
            #expect(ends.map { scene.ledger.outcomes[$0] } == [.shed, .shed])
        }
    }

    @Test func whatIsOverCannotBeTakenBack() {
        let scene = opened()
        scene.close(scene.server(1), service)
        scene.close(scene.client(1), caller, outcome: .shed)
        scene.finish()
        #expect(scene.ledger.outcomes[scene.server(1)] == .complete)
        #expect(scene.ledger.outcomes[scene.client(1)] == .shedAfterOther)
    }

    @Test func anEndThatOpensAfterTheOtherWasLeftOutIsLeftOut() {
        let scene = Scene()
        scene.open(scene.client(1), caller)
        scene.close(scene.client(1), caller, outcome: .shed)
        scene.flush()
        scene.open(scene.server(1), service)
        scene.close(scene.server(1), service)
        scene.finish()
        #expect(scene.ledger.outcomes[scene.server(1)] == .shed)
    }

    @Test func anEndThatOpensAsLeftOutTakesTheOtherWithIt() {
        let scene = Scene()
        scene.open(scene.client(1), caller)
        scene.open(scene.server(1), service, outcome: .shed)
        scene.close(scene.server(1), service, outcome: .shed)
        scene.close(scene.client(1), caller)
        scene.finish()
        #expect(scene.ledger.outcomes[scene.client(1)] == .shed)
        #expect(scene.ledger.outcomes[scene.server(1)] == .shed)
    }

    @Test func acrossHostsEachEndStandsForItself() {
        let scene = Scene()
        scene.open(scene.server(1), service)
        scene.close(scene.server(1), service, outcome: .shed)
        scene.open(scene.client(2), caller)
        scene.close(scene.client(2), caller)
        scene.finish()
        #expect(scene.ledger.outcomes[scene.server(1)] == .shed)
        #expect(scene.ledger.outcomes[scene.client(2)] == .complete)
    }
}
