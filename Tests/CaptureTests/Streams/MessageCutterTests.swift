import Testing

@testable import Capture

/// Messages here begin with their whole length in two bytes (big-endian); a length below three is none.
@Suite struct MessageCutterTests {
    /// A message as it came out: what is known of its head and tail.
    private struct Cut: Equatable {
        var head: [UInt8]
        var length: UInt64
        var offset: UInt64
        var start: UInt64
        var tail: [UInt8]
        var isComplete: Bool
    }

    private final class Run {
        var table = ExchangeTable.ofOneConnection()
        var cutter: MessageCutter
        var offset: UInt64 = 0
        var time: UInt64 = 1000
        var cuts: [Cut] = []
        var losses = 0
        var measured = 0
        private var open: Cut?

        init(limit: Int = 16, tailLimit: Int = 0, atStart: Bool = true) {
            cutter = MessageCutter(atStart: atStart, limit: limit, tailLimit: tailLimit)
        }

        func feed(_ bytes: some Collection<UInt8>) {
            Array(bytes).withUnsafeBytes { drain($0) }
            offset += UInt64(bytes.count)
        }

        func skip(_ count: UInt64) {
            cutter.skip(count)
            drain(UnsafeRawBufferPointer(start: nil, count: 0))
            offset += count
        }

        private func drain(_ all: UnsafeRawBufferPointer) {
            time += 1
            table.move(to: time)
            var bytes = all
            while true {
                let at = offset + UInt64(all.count - bytes.count)
                var calls = 0
                let event = cutter.next(&bytes, at: at, in: &table) { start in
                    calls += 1
                    guard start.count >= 2 else { return .needs(2) }
                    let length = UInt64(start[0]) << 8 | UInt64(start[1])
                    return length < 3 ? .invalid : .total(length)
                }
                measured += calls
                switch event {
                case .more:
                    #expect(bytes.isEmpty)
                    return
                case .head(let head):
                    #expect(open == nil)
                    #expect(head.isWhole == (UInt64(head.bytes.count) == head.length))
                    open = Cut(
                        head: Array(head.bytes), length: head.length, offset: head.offset, start: head.start.time,
                        tail: [],
                        isComplete: false)
                case .end(let end):
                    guard var cut = open else {
                        Issue.record("an end without a head")
                        return
                    }
                    open = nil
                    cut.tail = Array(end.tail)
                    cut.isComplete = end.isComplete
                    cuts.append(cut)
                case .lost:
                    open = nil
                    losses += 1
                }
            }
        }

        /// Whether nothing is kept once nobody wants it.
        func isGivenBack() -> Bool {
            cutter.lose(in: &table)
            return table.isGivenBack
        }
    }

    private static func message(_ length: Int, _ first: UInt8 = 0) -> [UInt8] {
        [UInt8(length >> 8), UInt8(length & 255)] + (2..<length).map { UInt8(truncatingIfNeeded: $0) &+ first }
    }

    private static let lengths = [3, 16, 17, 5, 40, 300, 3, 15]

    @Test(arguments: [0, 1, 6, 64])
    func messagesAreTheSameHoweverTheyAreSplit(tailLimit: Int) {
        let messages = MessageCutterTests.lengths.enumerated().map {
            MessageCutterTests.message($0.element, UInt8($0.offset))
        }
        let stream = messages.flatMap { $0 }
        var random = SeededGenerator(state: 1)
        for round in 0..<200 {
            let run = Run(tailLimit: tailLimit)
            var rest = stream[...]
            while !rest.isEmpty {
                let count = round == 0 ? rest.count : round == 1 ? 1 : Int.random(in: 1...60, using: &random)
                run.feed(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
            #expect(run.cuts.map(\.length) == MessageCutterTests.lengths.map(UInt64.init))
            var offset: UInt64 = 0
            for (cut, message) in zip(run.cuts, messages) {
                #expect(cut.head == Array(message.prefix(16)))
                #expect(cut.tail == Array(message.dropFirst(16).suffix(tailLimit)))
                #expect(cut.offset == offset)
                #expect(cut.isComplete)
                offset += cut.length
            }
            #expect(run.losses == 0)
            #expect(run.isGivenBack())
        }
    }

    @Test func aMessageBeganWhereItsFirstByteMoved() {
        let run = Run()
        let message = MessageCutterTests.message(40)
        run.feed(message[..<1])
        let time = run.time
        run.feed(message[1..<20])
        run.feed(message[20...] + MessageCutterTests.message(3))
        #expect(run.cuts.map(\.start) == [time, run.time])
    }

    @Test func whatIsMissingInABodyIsPassedOver() {
        let run = Run(tailLimit: 4)
        let message = MessageCutterTests.message(300)
        run.feed(message[..<20])
        run.skip(200)
        run.feed(message[220...] + MessageCutterTests.message(5))
        #expect(run.cuts.map(\.length) == [300, 5])
        #expect(run.cuts[0].tail == Array(message.suffix(4)))
        #expect(run.cuts.map(\.isComplete) == [false, true])
        #expect(run.losses == 0)
    }

    @Test func bytesBeforeAGapAreNoTail() {
        let run = Run(tailLimit: 10)
        let message = MessageCutterTests.message(60)
        run.feed(message[..<40])
        run.skip(17)
        run.feed(message[57...])
        #expect(run.cuts.first?.tail == Array(message.suffix(3)))
        run.feed(message[..<40])
        run.skip(20)
        #expect(run.cuts.last?.tail == [])
    }

    @Test func aHeadEndsWhereBytesAreMissing() {
        let run = Run()
        let message = MessageCutterTests.message(40)
        run.feed(message[..<7])
        run.skip(33)
        run.feed(MessageCutterTests.message(3))
        #expect(run.cuts.map(\.head) == [Array(message[..<7]), MessageCutterTests.message(3)])
        #expect(run.cuts[0].isComplete == false)
        #expect(run.losses == 0)
    }

    @Test func aGapThatReachesIntoTheNextMessageLosesThePlace() {
        let run = Run()
        run.feed(MessageCutterTests.message(40)[..<20])
        run.skip(21)
        #expect(run.cuts.count == 1, "the message itself has ended")
        #expect(run.losses == 1)
        #expect(run.cutter.isLost)
        run.feed(MessageCutterTests.message(5))
        #expect(run.cuts.count == 1, "nothing is taken until it is told where a message begins")
        run.cutter.restart(in: &run.table)
        #expect(run.cutter.isAtStart)
        run.feed(MessageCutterTests.message(5))
        #expect(run.cuts.count == 2)
        #expect(run.isGivenBack())
    }

    @Test func aGapInALengthLosesThePlace() {
        let run = Run()
        run.feed([1])
        #expect(run.cutter.isGathering)
        run.skip(1)
        #expect(run.losses == 1)
        #expect(run.isGivenBack())
    }

    @Test(arguments: [[0, 0, 9, 9], [0, 2, 9, 9]])
    func whatIsNoLengthLosesThePlace(_ bytes: [UInt8]) {
        for cut in 0...2 {
            let run = Run()
            run.feed(bytes[..<cut])
            run.feed(bytes[cut...])
            #expect(run.losses == 1)
            #expect(run.cuts.isEmpty)
            #expect(run.isGivenBack())
        }
    }

    @Test func nothingIsTakenBeforeAStartIsKnown() {
        let run = Run(atStart: false)
        run.feed(MessageCutterTests.message(5))
        run.skip(100)
        #expect(run.cuts.isEmpty && run.losses == 0)
        run.cutter.restart(in: &run.table)
        run.feed(MessageCutterTests.message(5))
        #expect(run.cuts.count == 1)
    }

    @Test func withoutMemoryFramingSurvives() {
        let run = Run(tailLimit: 4)
        let limit = MemoryBudget().limit
        let message = MessageCutterTests.message(60)
        run.feed(message[..<5])
        let isReserved = run.table.reserve(limit - 10)
        #expect(isReserved)
        run.feed(message[5..<10])
        run.feed(message[10..<30])
        run.feed(message[30...])
        run.table.unreserve(limit - 10)
        run.feed(MessageCutterTests.message(5))
        #expect(run.cuts.map(\.length) == [60, 5])
        #expect(run.cuts[0].isComplete, "every byte was seen")
        #expect(run.losses == 0)
        #expect(run.isGivenBack())
    }

    @Test func aLengthIsMeasuredFewTimesAMessage() {
        let run = Run()
        for _ in 0..<1000 { for byte in MessageCutterTests.message(12) { run.feed([byte]) } }
        #expect(run.cuts.count == 1000)
        #expect(run.measured <= 3 * 1000)
    }

    @Test func theLongestLengthIsNoTrap() {
        var table = ExchangeTable.ofOneConnection()
        var cutter = MessageCutter(atStart: true, limit: 16, tailLimit: 4)
        let bytes: [UInt8] = Array(repeating: 7, count: 100)
        var heads = 0
        for _ in 0..<3 {
            bytes.withUnsafeBytes { whole in
                var rest = whole
                loop: while true {
                    switch cutter.next(&rest, at: 0, in: &table, { _ in .total(.max) }) {
                    case .head: heads += 1
                    case .more: break loop
                    case .end, .lost: Issue.record("it has not ended")
                    }
                }
            }
            cutter.skip(1 << 62)
        }
        #expect(heads == 1)
    }
}
