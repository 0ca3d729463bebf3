import Synchronization
import Testing

@testable import Bridge
@testable import Capture
@testable import OTLP

/// A stage with the time and what left it.
private struct Fixture {
    var stage = ReceivedStage()
    var merging = ScriptedMerging()
    var left: [ReceivedWork] = []
    /// ns of the monotonic clock; the wall's is `wallOffset` ahead.
    var now: UInt64 = 5_000_000_000
    static let wallOffset: UInt64 = 1_700_000_000_000_000_000

    mutating func take(_ ids: [UInt64], inner: Set<UInt64> = [], padding: Int = 0) {
        stage.take(
            ReceivedSamples.work(ids, inner: inner, padding: padding), now: now, wall: now + Self.wallOffset,
            merger: &merging,
            left: &left)
    }

    mutating func advance(by time: UInt64) {
        now += time
        stage.advance(now: now, wall: now + Self.wallOffset, merger: &merging, left: &left)
    }

    mutating func drain() { stage.drain(now: now, wall: now + Self.wallOffset, merger: &merging, left: &left) }

    /// The ids of the spans of each batch that left.
    var ids: [[UInt64]] { left.map { ReceivedSpans($0.batch).spans.map(\.spanID) } }

    /// The parents of all spans that left.
    var parents: [UInt64] { left.flatMap { ReceivedSpans($0.batch).spans.map(\.parentSpanID) } }

    /// Whether every span that left was counted once.
    var isBalanced: Bool {
        let counters = stage.counters
        let spans = UInt64(ids.joined().count)
        return counters.spans == spans && counters.unchanged + counters.rewritten + counters.undecided == spans
    }
}

private let millisecond: UInt64 = 1_000_000

@Suite struct ReceivedStageTests {
    @Test func whatBeginsATraceIsAskedAboutFirst() {
        let batch = ReceivedSamples.batch([5, 6, 7, 8], inner: [5], called: [6, 8])
        let held = HeldBatch(
            ReceivedWork(batch: batch, onward: CollectingSink(), done: { _ in }), since: 0)
        #expect(held.undecided == [2, 1, 3, 0])
    }

    @Test func whoSentABatchIsAskedOnceAndToldToMerging() {
        let process = ProcessKey(pid: 7, start: 1)
        let sender = SenderAddress(bytes: [127, 0, 0, 1], port: 5, listener: 4317)
        let asked = Mutex(0)
        var fixture = Fixture()
        fixture.stage = ReceivedStage { address in
            asked.withLock { $0 += 1 }
            return address.port == 5 ? process : nil
        }
        var work = ReceivedSamples.work([200])
        work.batch.sender = sender
        fixture.stage.take(work, now: 1, wall: 1, merger: &fixture.merging, left: &fixture.left)
        fixture.stage.take(
            ReceivedSamples.work([201]), now: 1, wall: 1, merger: &fixture.merging, left: &fixture.left)
        fixture.advance(by: 100 * millisecond)
        #expect(fixture.merging.senders == [process, nil])
        #expect(asked.withLock { $0 } == 1)
    }

    @Test func whatStaysAsItIsLeavesAtOnceAndByteForByte() {
        var fixture = Fixture()
        fixture.take([1, 2, 3])
        #expect(fixture.left.map(\.batch.bytes) == [ReceivedSamples.batch([1, 2, 3]).bytes])
        #expect(fixture.stage.heldCount == 0 && fixture.stage.nextDue == .max)
        #expect(fixture.stage.counters.unchanged == 3 && fixture.isBalanced)
    }

    @Test func mergingIsToldOfABatchOnceAndBeforeItIsAsked() {
        var fixture = Fixture()
        fixture.take([1, 200])
        for _ in 0..<30 { fixture.advance(by: 100 * millisecond) }
        #expect(fixture.merging.told == [[1, 200]])
        #expect(fixture.merging.wall == fixture.now - 1_000_000_000 + Fixture.wallOffset)
    }

    @Test func aBatchIsHeldUntilAllOfItIsDecidedAndChangedOnce() {
        var fixture = Fixture()
        fixture.take([200, 1, 100, 201])
        #expect(fixture.left.isEmpty && fixture.stage.counters.waited == 2)
        fixture.merging.ready = [200]
        fixture.advance(by: 10 * millisecond)
        #expect(fixture.left.isEmpty)
        fixture.merging.ready = [200, 201]
        fixture.advance(by: 10 * millisecond)
        let parent = ScriptedMerging.parent
        #expect(fixture.ids == [[200, 1, 100, 201]])
        #expect(fixture.parents == [parent, 0, parent, parent])
        // What was decided is not asked again.
        #expect(fixture.merging.asked == [200: 2, 1: 1, 100: 1, 201: 3])
        #expect(fixture.stage.counters.rewritten == 3 && fixture.stage.counters.late == 0 && fixture.isBalanced)
        #expect(fixture.stage.heldBytes == 0 && fixture.stage.nextDue == .max)
    }

    @Test func thoseByWhichRequestsCameInAreAskedAboutFirst() {
        var fixture = Fixture()
        fixture.take([100, 200, 1, 101], inner: [100, 200])
        fixture.merging.ready = [200]
        fixture.advance(by: 10 * millisecond)
        #expect(fixture.merging.questions == [1, 101, 100, 200, 200])
        // Each change reaches the span that it is about all the same.
        let parent = ScriptedMerging.parent
        #expect(fixture.ids == [[100, 200, 1, 101]])
        #expect(fixture.parents == [parent, parent, 0, parent])
    }

    @Test func whatIsNeverDecidedLeavesAfterTwoSeconds() {
        var fixture = Fixture()
        fixture.take([200, 100])
        fixture.advance(by: 1999 * millisecond)
        #expect(fixture.left.isEmpty)
        fixture.advance(by: millisecond)
        #expect(fixture.parents == [0, ScriptedMerging.parent])
        #expect(fixture.stage.counters.undecided == 1 && fixture.stage.counters.late == 1 && fixture.isBalanced)
    }

    @Test func mergingIsAskedAFewTimesHoweverOftenTimeIsGiven() {
        var fixture = Fixture()
        fixture.take([200])
        var asked: [UInt64] = []
        for time in 1...2000 {
            let before = fixture.merging.asked[200]
            fixture.advance(by: millisecond)
            if fixture.merging.asked[200] != before { asked.append(UInt64(time)) }
        }
        #expect(asked.prefix(5) == [10, 20, 40, 80, 160])
        #expect(asked.last == 2000 && asked.count <= 14)
        #expect(fixture.left.count == 1)
    }

    @Test func itSaysWhenThereIsSomethingToDo() {
        var fixture = Fixture()
        fixture.take([200])
        let due = fixture.stage.nextDue
        #expect(due > fixture.now)
        fixture.merging.ready = [200]
        fixture.advance(by: due - fixture.now - 1)
        #expect(fixture.left.isEmpty)
        fixture.advance(by: 1)
        #expect(fixture.left.count == 1)
    }

    @Test func whatCanLeaveDoesSoInTheOrderInWhichItCame() {
        var fixture = Fixture()
        for id in UInt64(200)..<205 { fixture.take([id]) }
        fixture.take([1])
        #expect(fixture.ids == [[1]])
        fixture.merging.ready = [200, 201, 203, 204]
        fixture.advance(by: 10 * millisecond)
        #expect(fixture.ids == [[1], [200], [201], [203], [204]])
        fixture.merging.ready.insert(202)
        fixture.advance(by: 10 * millisecond)
        #expect(fixture.ids.last == [202] && fixture.isBalanced)
    }

    @Test func tooMuchLetsTheOldestGoEarly() {
        var fixture = Fixture()
        let size = ReceivedStage.maximumBytes / 4
        for id in UInt64(200)..<203 { fixture.take([id], padding: size) }
        #expect(fixture.left.isEmpty)
        fixture.take([203], padding: size)
        #expect(fixture.ids == [[200]])
        #expect(fixture.stage.heldBytes <= ReceivedStage.maximumBytes && fixture.stage.heldCount == 3)
        #expect(fixture.stage.counters.crowdedOut == 1 && fixture.stage.counters.late == 0)
        // One that is too large by itself does not stay, and takes those before it along.
        fixture.take([204], padding: ReceivedStage.maximumBytes)
        #expect(fixture.ids == [[200], [201], [202], [203], [204]])
        #expect(fixture.stage.heldBytes == 0 && fixture.isBalanced)
    }

    @Test func manySmallBatchesAreBoundedToo() {
        var fixture = Fixture()
        for id in UInt64(200)..<40_200 { fixture.take([id]) }
        #expect(fixture.stage.heldBytes <= ReceivedStage.maximumBytes)
        #expect(fixture.stage.heldCount < 32_768)
        #expect(fixture.stage.heldCount + fixture.left.count == 40_000)
    }

    @Test func theEndLetsEverythingGoAndHoldsNothingMore() {
        var fixture = Fixture()
        fixture.take([200])
        fixture.take([201, 100])
        fixture.drain()
        #expect(fixture.ids == [[200], [201, 100]])
        fixture.take([202])
        #expect(fixture.ids.last == [202] && fixture.stage.heldCount == 0)
        #expect(fixture.stage.counters.late == 0 && fixture.stage.counters.crowdedOut == 0 && fixture.isBalanced)
    }

    @Test func logsLeaveAtOnceUnderTheNamesThatTheirTracesHave() {
        var fixture = Fixture()
        // A request with one record, whose trace id is all that it has (opentelemetry/proto/logs/v1, field 9).
        func logs(_ trace: UInt8) -> [UInt8] {
            let record: [UInt8] = [0x4A, 16] + [UInt8](repeating: trace, count: 16)
            return [10, 22, 18, 20, 18, 18] + record
        }
        let word = UInt64(0x0101_0101_0101_0101)
        let work = ReceivedWork(
            batch: ReceivedBatch(signal: .logs, bytes: logs(1), items: 1), onward: CollectingSink(), done: { _ in })
        fixture.stage.take(work, now: 0, wall: 0, merger: &fixture.merging, left: &fixture.left)
        fixture.merging.aliases[TraceID(high: word, low: word)] = TraceID(high: 2 * word, low: 2 * word)
        fixture.stage.take(work, now: 0, wall: 0, merger: &fixture.merging, left: &fixture.left)
        #expect(fixture.left.map(\.batch.bytes) == [logs(1), logs(2)])
        #expect(fixture.merging.told.isEmpty && fixture.stage.counters == ReceivedStageCounters())
    }

    @Test(arguments: 1...5) func everyBatchLeavesOnceWhateverHappens(_ seed: UInt64) {
        var random = Splitmix(state: seed)
        var fixture = Fixture()
        var sent: [[UInt64]] = []
        for _ in 0..<400 {
            switch random.next() % 4 {
            case 0, 1:
                let ids = (0...random.next() % 5).map { _ in 1 + random.next() % 300 }
                sent.append(ids)
                fixture.take(ids, padding: random.next() % 20 == 0 ? 9 << 20 : 0)
            case 2: fixture.merging.ready.insert(200 + random.next() % 100)
            default: fixture.advance(by: (random.next() % 300) * millisecond)
            }
            #expect(fixture.stage.heldBytes <= ReceivedStage.maximumBytes)
            #expect(fixture.left.count + fixture.stage.heldCount == sent.count)
        }
        fixture.drain()
        #expect(
            fixture.ids.sorted { $0.lexicographicallyPrecedes($1) } == sent.sorted { $0.lexicographicallyPrecedes($1) })
        #expect(fixture.isBalanced && fixture.stage.heldBytes == 0)
    }
}

/// Sebastiano Vigna's generator.
private struct Splitmix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
