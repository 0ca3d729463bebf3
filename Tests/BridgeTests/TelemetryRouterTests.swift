import OTLP
import Synchronization
import Testing

@testable import Bridge
@testable import OTLP

/// An exporter whose room and disk are what the test says.
private final class Probe: Exporter {
    struct State {
        var room = true
        var isOnDisk: Bool? = true
        var reserved = 0
        var stored = 0
        var refused = 0
        var pending: [@Sendable (Bool) -> Void] = []
    }

    let name = "probe"
    let signal = Signal.traces
    let requiresRoom: Bool
    let state: Mutex<State>

    init(room: Bool = true, isOnDisk: Bool? = true, requiresRoom: Bool = false) {
        self.requiresRoom = requiresRoom
        state = Mutex(State(room: room, isOnDisk: isOnDisk))
    }

    var now: (reserved: Int, stored: Int, refused: Int) { state.withLock { ($0.reserved, $0.stored, $0.refused) } }

    func start() throws {}
    func enqueue(_ batch: SpanBatch) -> Bool { false }
    func reserve(_ batch: ReceivedBatch) -> Bool {
        state.withLock { state in
            if state.room { state.reserved += 1 }
            return state.room
        }
    }
    func commit(_ batch: ReceivedBatch, stored: @escaping @Sendable (Bool) -> Void) {
        let answer: Bool? = state.withLock { state in
            state.reserved -= 1
            guard let isOnDisk = state.isOnDisk else {
                state.pending.append(stored)
                return nil
            }
            if isOnDisk { state.stored += 1 }
            return isOnDisk
        }
        if let answer { stored(answer) }
    }
    func cancel(_ batch: ReceivedBatch) { state.withLock { $0.reserved -= 1 } }
    func refuse(_ batch: ReceivedBatch) { state.withLock { $0.refused += batch.items } }
    func close(deadlineNanoseconds: UInt64) {}
    func shutdown(deadlineNanoseconds: UInt64) {}
    var counters: ExporterCounters { ExporterCounters() }
}

@Suite struct TelemetryRouterTests {
    private let batch = ReceivedBatch(signal: .traces, bytes: [10, 0], items: 3)

    private func verdict(_ exporters: [Probe], _ signal: Signal = .traces) -> SinkVerdict? {
        let verdict = Mutex<SinkVerdict?>(nil)
        TelemetryRouter([signal: exporters]).accept(batch) { told in verdict.withLock { $0 = told } }
        return verdict.withLock { $0 }
    }

    @Test func everyExporterTakesWhatComes() {
        let probes = [Probe(), Probe()]
        #expect(verdict(probes) == .accepted)
        #expect(probes.allSatisfy { $0.now == (0, 1, 0) })
    }

    @Test func oneThatIsFullTakesNothingFromTheOthersAndIsCounted() {
        let full = Probe(room: false)
        let open = Probe()
        #expect(verdict([full, open]) == .accepted)
        #expect(open.now == (0, 1, 0))
        #expect(full.now == (0, 0, 3))
    }

    @Test func theSenderComesAgainWhenNobodyHasRoom() {
        let probes = [Probe(room: false), Probe(room: false)]
        #expect(verdict(probes) == .full(retryAfterSeconds: 1))
        // It is not lost: nobody counts it.
        #expect(probes.allSatisfy { $0.now == (0, 0, 0) })
    }

    @Test func oneThatMustMissNothingHoldsUpTheSender() {
        let full = Probe(room: false, requiresRoom: true)
        let open = Probe()
        #expect(verdict([open, full]) == .full(retryAfterSeconds: 1))
        // The room it had been promised is free again.
        #expect(open.now == (0, 0, 0))
    }

    @Test func aDiskThatFailsIsNoAcknowledgement() {
        #expect(verdict([Probe(isOnDisk: false)]) == .full(retryAfterSeconds: 1))
        #expect(verdict([Probe(isOnDisk: false), Probe()]) == .accepted)
        #expect(verdict([Probe(isOnDisk: false, requiresRoom: true), Probe()]) == .full(retryAfterSeconds: 1))
    }

    @Test func theAnswerWaitsForTheSlowestDisk() {
        let slow = Probe(isOnDisk: nil)
        let verdict = Mutex<[SinkVerdict]>([])
        TelemetryRouter([.traces: [Probe(), slow]]).accept(batch) { told in verdict.withLock { $0.append(told) } }
        #expect(verdict.withLock { $0 } == [])
        for tell in slow.state.withLock({ $0.pending }) { tell(true) }
        #expect(verdict.withLock { $0 } == [.accepted])
    }

    @Test func aSignalWithoutAPipelineIsSaidToHaveNone() {
        #expect(verdict([Probe()], .metrics) == .noPipeline)
        #expect(verdict([]) == .noPipeline)
    }

    @Test func whereNothingIsExportedEverythingIsTakenAndLetGo() {
        let verdict = Mutex<SinkVerdict?>(nil)
        TelemetryRouter([:], isDiscarding: true).accept(batch) { told in verdict.withLock { $0 = told } }
        #expect(verdict.withLock { $0 } == .accepted)
    }
}
