import Testing

@testable import Capture

/// The pieces that streams and connections are made of.
@Suite struct StreamTests {
    @Test func indexTableKeepsWhatADictionaryKeeps() {
        var random = SeededGenerator(state: 7)
        var table = IndexTable()
        var truth: [UInt64: Int32] = [:]
        for step in 0..<20_000 {
            let key = UInt64.random(in: 1...500, using: &random)
            if Bool.random(using: &random) {
                table.insert(key, Int32(step))
                truth[key] = Int32(step)
            } else {
                table.remove(key)
                truth[key] = nil
            }
        }
        for key in 1...500 as ClosedRange<UInt64> { #expect(table[key] == truth[key]) }
        #expect(table.count == truth.count)
    }

    @Test func indexListsKeepTheirOrder() {
        var links = IndexLinks()
        var list = IndexList()
        for index in 0..<5 as Range<Int32> { links.append(index, to: &list) }
        links.remove(2, from: &list)
        links.moveToEnd(0, of: &list)
        var order: [Int32] = []
        var index = list.first
        while index >= 0 {
            order.append(index)
            index = links.after(index)
        }
        #expect(order == [1, 3, 4, 0])
        #expect(list.count == 4 && list.last == 0)
    }

    @Test func offsetsGoOnWhereSequenceNumbersBeginAgain() {
        var position = StreamPosition()
        #expect(position.offset(of: 5, first: 0xFFFF_FFF0) == 21)
        position.advance(to: (7 << 32) - 3)
        #expect(position.offset(of: 2, first: 0) == (7 << 32) + 2)
        #expect(position.offset(of: 0xFFFF_FFFE, first: 0) == (7 << 32) - 2)
        var young = StreamPosition()
        young.advance(to: 10)
        #expect(young.offset(of: 0xFFFF_FFF0, first: 0) == 0, "nothing lies before the beginning")
    }

    @Test func slabPlacesAreUsedAgain() {
        var slab = Slab<Int>()
        let places = (0..<3).map { value in slab.take { value } }
        slab.release(places[1])
        #expect(slab.count == 2)
        let again = slab.take { 9 }
        #expect(again == places[1])
        #expect(slab.places == 3)
    }

    @Test func aBudgetRefusesWhatItHasNoRoomFor() {
        var budget = MemoryBudget(limit: 10)
        let answers = [budget.take(8), budget.take(3)]
        budget.give(8)
        let last = budget.take(10)
        #expect(answers + [last] == [true, false, true])
    }

    @Test func exchangesAndWaitingRecordsAreBoundedPerConnection() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        for index in 0..<3000 { run.feed(builder.receive("GET /\(index) HTTP/1.1\r\n\r\n")) }
        #expect(run.opened.count == ExchangeTable.maximumPerConnection)
        #expect(run.lost(.tableFull) == UInt64(3000 - ExchangeTable.maximumPerConnection))
        builder.received += 5
        for _ in 0..<2000 { run.feed(builder.receive([UInt8](repeating: 0x41, count: 2000))) }
        #expect(run.lost(.gap) == 5)
        run.finish()
    }
}
