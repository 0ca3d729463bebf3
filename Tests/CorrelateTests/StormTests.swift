import Capture
import Testing

@testable import Correlate

/// Random events, most of them in an order that no real traffic has: the ledger checks what holds always.
@Suite struct StormTests {
    /// Few enough to meet again, one of them far more often than the others.
    private func requestID(_ step: Int, _ random: inout SeededGenerator) -> String? {
        switch Int.random(in: 0..<8, using: &random) {
        case 0..<3: nil
        case 3: "constant"
        default: "id \(step / 10 + Int.random(in: 0..<8, using: &random))"
        }
    }

    private func storm(_ seed: UInt64, _ options: CorrelateOptions, events: Int, duplicates: Bool) -> Scene {
        let scene = Scene(options)
        var random = SeededGenerator(seed: seed)
        var opened: [ExchangeEnd] = []
        var seen: Set<ExchangeEnd> = []
        for step in 0..<events {
            let actor = Actor(
                thread: .random(in: 0...9, using: &random), turn: .random(in: 0...3, using: &random),
                pid: .random(in: 1...2, using: &random), unit: .random(in: 0...9, using: &random) == 0 ? 5 : 0)
            let time =
                Int.random(in: 0..<20, using: &random) == 0 ? scene.now &- .random(in: 0...5_000, using: &random) : nil
            let socket = UInt64.random(in: 1...12, using: &random)
            switch Int.random(in: 0..<22, using: &random) {
            case 0..<7:
                let number = UInt64.random(in: UInt64(step / 3)...UInt64(step / 3 + 30), using: &random)
                let end = Bool.random(using: &random) ? scene.server(number) : scene.client(number)
                guard duplicates || seen.insert(end).inserted else { continue }
                let fields = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                    (FieldKey.header, String(repeating: "v", count: .random(in: 0...700, using: &random)))
                }
                scene.open(
                    end, actor, socket: socket, first: .random(using: &random), at: time, id: requestID(step, &random),
                    fields: fields)
                opened.append(end)
            case 7..<13:
                guard let end = opened.randomElement(using: &random) else { continue }
                scene.close(
                    end, actor, at: time, outcome: .random(using: &random) ? .complete : .noResponse,
                    id: requestID(step, &random))
                if !duplicates { opened.removeAll { $0 == end } }
            case 13: scene.close(scene.server(.random(in: 1_000_000...2_000_000, using: &random)), actor)
            case 14: if let end = opened.randomElement(using: &random) { scene.firstByte(end, actor) }
            case 15, 16: if let end = opened.randomElement(using: &random) { scene.more(end, actor) }
            case 17: scene.connect(socket, actor)
            case 18: scene.lineage(.socketClosed(socket, scene.point(actor)))
            case 19:
                scene.fork(
                    actor,
                    makes: Actor(thread: .random(in: 0...9, using: &random), pid: .random(in: 1...2, using: &random)))
            case 20:
                scene.lineage(Bool.random(using: &random) ? .exited(scene.point(actor)) : .executed(scene.point(actor)))
            default: scene.flush(after: .random(in: 0...30 * millisecond, using: &random))
            }
        }
        scene.finish()
        return scene
    }

    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func whatHoldsAlwaysHolds(_ seed: UInt64) {
        let scene = storm(seed, CorrelateOptions(), events: 2_000, duplicates: true)
        let counters = scene.counters
        #expect(counters.emittedOpened == counters.opened)
        #expect(counters.emittedClosed == counters.closed)
        #expect(counters.undecided == 0)
        #expect(counters.heldBytes == 0)
        #expect(UInt64(scene.ledger.links.count) == counters.opened)
        #expect(UInt64(scene.ledger.closed.count) == counters.closed)
        #expect(LinkMethod.allCases.reduce(0) { $0 + counters[linked: $1] } == counters.opened)
        #expect(counters[linked: .flow] > 10)
        #expect(counters[linked: .thread] > 10)
    }

    @Test func allKindsOfEvidenceDecideSomething() {
        var linked: [LinkMethod: UInt64] = [:]
        for seed: UInt64 in 1...30 {
            let counters = storm(seed, CorrelateOptions(), events: 2_000, duplicates: true).counters
            for method in LinkMethod.allCases { linked[method, default: 0] += counters[linked: method] }
        }
        for method: LinkMethod in [.flow, .thread, .socket, .fork, .requestID] {
            #expect(linked[method, default: 0] > 20)
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func tightBoundsCostParentsButBreakNothing(_ seed: UInt64) {
        var options = CorrelateOptions()
        options.maximumExchanges = 20
        options.maximumUnits = 3
        options.maximumSockets = 2
        options.maximumRequestIDs = 6
        options.maxMemory = 1
        options.retention = 1000
        let scene = storm(seed, options, events: 2_000, duplicates: false)
        let counters = scene.counters
        #expect(counters.emittedOpened == counters.opened)
        #expect(counters.emittedClosed == counters.closed)
        #expect(counters.heldBytes == 0)
        #expect(counters[evicted: .openExchange] > 0)
        #expect(counters[evicted: .undecided] > 0)
        #expect(counters[evicted: .unit] > 0)
        #expect(counters[evicted: .requestID] > 0)
        #expect(counters.unmatchedCloses > 0)
    }

    @Test func theSameObservationsGiveTheSameResult() {
        for seed: UInt64 in 100...104 {
            let (one, other) = (
                storm(seed, CorrelateOptions(), events: 2_000, duplicates: true),
                storm(seed, CorrelateOptions(), events: 2_000, duplicates: true)
            )
            #expect(one.ledger.order.map(\.end) == other.ledger.order.map(\.end))
            #expect(one.ledger.order.map(\.phase) == other.ledger.order.map(\.phase))
            for (end, link) in one.ledger.links {
                #expect(other.link(end)?.parent == link.parent)
                #expect(other.link(end)?.method == link.method)
                #expect(other.link(end)?.confidence == link.confidence)
            }
        }
    }
}
