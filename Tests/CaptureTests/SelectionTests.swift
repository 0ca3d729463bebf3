import Foundation
import Testing

@testable import Capture

/// What is found out about a process before it is judged.
@Suite struct SelectionTests {
    @Test func theStackAndTheUserAreRead() {
        let numbers = (4...52).map(String.init).joined(separator: " ")
        #expect(ProcessStamp.stack(in: Array("7 (a) b (c) S \(numbers)\n".utf8)) == 28)
        #expect(
            ProcessStamp.stack(in: Array("7 (a S".utf8)) == nil
                && ProcessStamp.stack(in: Array("7 (a) S 1".utf8)) == nil)
        #expect(ProcessStamp.user(in: Array("Name:\tUid:\nUid:\t1000\t33\t0\t0\n".utf8)) == 33)
        #expect(ProcessStamp.user(in: Array("Uid:\nGid:\t1\t2\n".utf8)) == nil)
        #expect(ProcessStamp(of: UInt32(getpid())) == ProcessStamp(of: UInt32(getpid())))
        #expect(ProcessStamp(of: UInt32(getpid()))?.user == geteuid() && ProcessStamp(of: 4_194_304) == nil)
    }

    @Test func theSecondLookComesInOrderAndHasABound() {
        var again = LookAgain()
        let all = 1...UInt32(LookAgain.capacity)
        let added = all.map { again.add($0, now: UInt64($0)) }
        #expect(!added.contains(false))
        let tooMany = again.add(1, now: 0)
        let tooSoon = again.next(now: LookAgain.delay)
        #expect(!tooMany && tooSoon == nil && again.due == LookAgain.delay + 1)
        // What leaves makes room.
        let taken = all.map { _ in (again.next(now: .max), again.add(1, now: 0)) }
        #expect(taken.compactMap { $0.0 } == Array(all) && !taken.contains { !$0.1 })
        let stillTooMany = again.add(1, now: 0)
        #expect(!stillTooMany)
    }
}
