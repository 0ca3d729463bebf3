import Capture
import Testing

@testable import Correlate

/// Ids that come with a request and are passed on.
@Suite struct RequestIDTests {
    private let scene = Scene()
    /// Reads every request, in turns of its own, and hands it to others.
    private var selector = Actor(thread: 1)

    /// So many requests, each with an id of its own, are read by the selector.
    private mutating func read(_ numbers: ClosedRange<UInt64>, id: (UInt64) -> String? = { "id \($0)" }) {
        for number in numbers {
            selector.turn += 1
            scene.open(scene.server(number), selector, id: id(number))
        }
    }

    @Test mutating func anIDThatIsPassedOnTellsTheRequest() {
        read(1...16)
        for number: UInt64 in (1...16).reversed() {
            scene.open(scene.client(100 + number), Actor(thread: 20 + UInt32(number)), id: "id \(number)")
        }
        scene.finish()
        for number: UInt64 in 1...16 {
            let link = scene.link(scene.client(100 + number))
            #expect(link?.parent == scene.server(number))
            #expect(link?.method == .requestID)
            #expect((link?.confidence ?? 0) > 0.99)
        }
        #expect(scene.counters[linked: .requestID] == 16)
    }

    @Test mutating func aPoolsThreadsTakeUpOneRequestAfterTheOther() {
        read(1...16)
        for number: UInt64 in (1...16).reversed() {
            let worker = Actor(thread: 20 + UInt32(number % 4))
            scene.open(scene.client(100 + number), worker, id: "id \(number)")
            scene.close(scene.client(100 + number), worker)
        }
        scene.finish()
        for number: UInt64 in 1...16 { #expect(scene.parent(scene.client(100 + number)) == scene.server(number)) }
    }

    @Test mutating func severalCallsOfOneRequestAreItsOwn() {
        read(1...3)
        for call: UInt64 in 11...15 { scene.open(scene.client(call), Actor(thread: 9), id: "id 2") }
        scene.finish()
        for call: UInt64 in 11...15 { #expect(scene.parent(scene.client(call)) == scene.server(2)) }
    }

    @Test mutating func anIDOfSeveralOpenRequestsLeavesAChoice() {
        read(1...3) { $0 == 1 ? "other" : "same" }
        scene.open(scene.client(11), Actor(thread: 9), id: "same")
        scene.finish()
        #expect(scene.parent(scene.client(11)) == nil)
        #expect(scene.link(scene.client(11))?.method == .requestID)
        #expect((scene.link(scene.client(11))?.confidence ?? 1) < 0.5)
    }

    @Test mutating func anIDThatWasSharedOnceDecidesNothingLater() {
        read(1...2) { _ in "same" }
        scene.close(scene.server(1), selector)
        scene.open(scene.client(11), Actor(thread: 9), id: "same")
        scene.close(scene.server(2), selector)
        read(3...3) { _ in "same" }
        scene.open(scene.client(12), Actor(thread: 9), id: "same")
        scene.finish()
        #expect(scene.parent(scene.client(11)) == nil)
        #expect(scene.parent(scene.client(12)) == nil)
    }

    @Test func aRepeatedIDIsGoodForEachRequestInTurn() {
        for request: UInt64 in 1...20 {
            scene.open(scene.server(request), Actor(thread: 1, turn: UInt32(request)), id: "whole journey")
            scene.open(scene.client(100 + request), Actor(thread: 9), id: "whole journey")
            scene.close(scene.client(100 + request), Actor(thread: 9))
            scene.close(scene.server(request), Actor(thread: 1))
        }
        scene.finish()
        for request: UInt64 in 1...20 { #expect(scene.parent(scene.client(100 + request)) == scene.server(request)) }
    }

    @Test mutating func aConstantHarmsNothingElse() {
        read(1...20) { _ in "undefined" }
        let worker = Actor(thread: 50)
        scene.open(scene.server(50), worker, id: "undefined")
        scene.open(scene.client(51), worker, id: "undefined")
        scene.open(scene.client(11), Actor(thread: 9), id: "undefined")
        scene.finish()
        #expect(scene.parent(scene.client(11)) == nil)
        #expect(scene.link(scene.client(11))?.method == LinkMethod.none)
        #expect(scene.parent(scene.client(51)) == scene.server(50))
        #expect((scene.link(scene.client(51))?.confidence ?? 0) > 0.85)
    }

    @Test func anIDThatLeavesAChoiceWeakensNothing() {
        let confidences = [nil, "same"].map { id in
            let scene = Scene()
            for number: UInt64 in 1...2 {
                scene.open(scene.server(number), Actor(thread: 1, turn: UInt32(number)), id: id)
            }
            scene.open(scene.client(11), Actor(thread: 1, turn: 3), id: id)
            scene.finish()
            #expect(scene.link(scene.client(11))?.method == .thread)
            return scene.link(scene.client(11))?.confidence
        }
        #expect(confidences[0] == confidences[1])
    }

    @Test mutating func whatIsNoIDIsIgnoredAndCounted() {
        let long = String(repeating: "x", count: 8_192)
        for (number, value) in ["", long, long + "y"].enumerated() {
            scene.open(scene.server(UInt64(number)), Actor(thread: 1, turn: UInt32(number)), id: value)
            scene.open(scene.client(UInt64(number) + 10), Actor(thread: 9), id: value)
            scene.close(scene.server(UInt64(number)), Actor(thread: 1), id: value)
        }
        scene.finish()
        for number: UInt64 in 10...12 { #expect(scene.parent(scene.client(number)) == nil) }
        #expect(scene.counters.invalidRequestIDs == 6)
        #expect(scene.counters.undecided == 0)
    }

    @Test func idsOfAnotherProcessSayNothing() {
        scene.open(scene.server(1), Actor(thread: 1, pid: 7), id: "id")
        scene.open(scene.server(2), Actor(thread: 2, pid: 8), id: "id")
        scene.open(scene.client(11), Actor(thread: 3, pid: 8), id: "id")
        scene.open(scene.client(12), Actor(thread: 4, pid: 9), id: "id")
        scene.finish()
        #expect(scene.parent(scene.client(11)) == scene.server(2))
        #expect(scene.parent(scene.client(12)) == nil)
    }

    @Test mutating func aCallOfAProcessToItselfDoesNotDescendFromItself() {
        read(1...1)
        scene.open(scene.server(2), selector, id: "id 1")
        scene.open(scene.client(2), Actor(thread: 9), id: "id 1")
        scene.open(scene.client(3), Actor(thread: 9), id: "nobody's")
        scene.open(scene.server(3), selector, id: "nobody's")
        scene.finish()
        #expect(scene.parent(scene.server(2)) == scene.client(2))
        #expect(scene.parent(scene.client(2)) != scene.server(2))
        #expect(scene.parent(scene.client(3)) != scene.server(3))
        #expect(scene.counters.cycles == 0)
    }

    @Test mutating func anIDOutweighsAThreadThatWasHandedAnothersWork() {
        read(1...1)
        let worker = Actor(thread: 9)
        scene.open(scene.server(2), worker, id: "id 2")
        scene.open(scene.client(11), worker, id: "id 1")
        // From then on what the worker last read says less by itself.
        scene.open(scene.client(12), worker)
        scene.finish()
        #expect(scene.parent(scene.client(11)) == scene.server(1))
        #expect(scene.link(scene.client(11))?.method == .requestID)
        #expect((scene.link(scene.client(11))?.confidence ?? 0) > 0.98)
        #expect(scene.parent(scene.client(12)) == nil)
    }

    @Test mutating func anIDOutweighsAConnectionThatSuchAThreadOpened() {
        read(1...1)
        let worker = Actor(thread: 9)
        scene.open(scene.server(2), worker, id: "id 2")
        scene.connect(5, worker)
        scene.open(scene.client(11), worker, socket: 5, first: true, id: "id 1")
        scene.finish()
        #expect(scene.parent(scene.client(11)) == scene.server(1))
        #expect((scene.link(scene.client(11))?.confidence ?? 0) > 0.85)
    }

    @Test mutating func anAnsweredRequestIsNoParent() {
        read(1...2)
        scene.close(scene.server(1), selector)
        scene.open(scene.client(11), Actor(thread: 9), id: "id 1")
        scene.finish()
        #expect(scene.parent(scene.client(11)) == nil)
    }

    @Test func inACaptureTheHostStandsForTheProcess() {
        let nobody = Actor(thread: 0, pid: 0)
        func open(_ end: ExchangeEnd, _ id: String, _ host: UInt32) {
            scene.open(end, nobody, id: id, local: host, process: ProcessKey.none)
        }
        let host: UInt32 = 0x0A00_0001
        for number: UInt64 in 1...8 { open(scene.server(number), "id \(number)", host) }
        for number: UInt64 in 1...8 { open(scene.client(number + 10), "id \(number)", host) }
        open(scene.client(30), "id 1", host + 1)
        // Behind loopback addresses there may be any process.
        open(scene.server(40), "id 40", 0x7F00_0001)
        open(scene.client(41), "id 40", 0x7F00_0001)
        scene.finish()
        for number: UInt64 in 1...8 { #expect(scene.parent(scene.client(number + 10)) == scene.server(number)) }
        #expect(scene.parent(scene.client(30)) == nil)
        #expect(scene.parent(scene.client(41)) == nil)
    }

    @Test mutating func rememberedIDsAreBounded() {
        var options = CorrelateOptions()
        options.maximumRequestIDs = 8
        let scene = Scene(options)
        for number: UInt64 in 1...20 { scene.open(scene.server(number), selector, id: "id \(number)") }
        scene.open(scene.client(31), Actor(thread: 9), id: "id 1")
        scene.open(scene.client(32), Actor(thread: 10), id: "id 20")
        for number: UInt64 in 1...20 { scene.close(scene.server(number), selector) }
        scene.open(scene.server(21), selector, id: "id 21")
        scene.open(scene.client(33), Actor(thread: 11), id: "id 21")
        scene.finish()
        #expect(scene.counters[evicted: .requestID] >= 12)
        #expect(scene.parent(scene.client(31)) == scene.server(1))
        #expect(scene.parent(scene.client(32)) == nil)
        #expect(scene.parent(scene.client(33)) == scene.server(21))
    }

    @Test func rememberedProcessesAreBounded() {
        var options = CorrelateOptions()
        options.maximumProcesses = 4
        let scene = Scene(options)
        for pid: UInt32 in 1...10 {
            scene.open(scene.server(UInt64(pid)), Actor(thread: pid, pid: pid), id: "id")
            scene.open(scene.client(UInt64(pid) + 100), Actor(thread: 100 + pid, pid: pid), id: "made \(pid)")
        }
        for pid: UInt32 in 1...10 { scene.close(scene.server(UInt64(pid)), Actor(thread: pid, pid: pid)) }
        scene.finish()
        #expect(scene.counters[evicted: .process] == 12, "as owners of ids and of what evidence is worth")
        #expect(scene.ledger.links.count == 20)
    }
}
