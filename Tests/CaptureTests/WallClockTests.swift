import Glibc
import Synchronization
import Testing

@testable import Capture

/// The machine's two clocks, as a test sets them.
private final class Clocks: Sendable {
    static let hour: UInt64 = 3_600_000_000_000
    /// ns; 2001-09-09.
    static let epoch: UInt64 = 1_000_000_000_000_000_000

    struct State {
        var monotonic: UInt64 = 50_000_000_000
        var wallOffset = Clocks.epoch
        /// How long each reading takes, ns; the last one holds for all that follow.
        var delays: [UInt64] = [0]
        var samples = 0
    }

    let state = Mutex(State())

    /// A clock that reads them.
    var clock: WallClock {
        WallClock { id in
            self.state.withLock {
                $0.monotonic += $0.delays[0]
                if $0.delays.count > 1 { $0.delays.removeFirst() }
                if id == CLOCK_REALTIME { $0.samples += 1 }
                return id == CLOCK_REALTIME ? $0.monotonic + $0.wallOffset : $0.monotonic
            }
        }
    }

    /// Lets time go on.
    func advance(_ nanoseconds: UInt64) -> UInt64 {
        state.withLock {
            $0.monotonic += nanoseconds
            return $0.monotonic
        }
    }

    func step(to offset: UInt64) { state.withLock { $0.wallOffset = offset } }
}

@Suite struct WallClockTests {
    @Test(arguments: [Clocks.epoch + Clocks.hour, Clocks.epoch - Clocks.hour])
    func aStepOfAnHourIsFollowedWithinASecond(offset: UInt64) {
        let clocks = Clocks()
        var clock = clocks.clock
        #expect(clock.offset == Int64(Clocks.epoch))
        clocks.step(to: offset)
        clock.update(now: clocks.advance(999_999_999))
        #expect(clock.offset == Int64(Clocks.epoch))
        clock.update(now: clocks.advance(1))
        #expect(clock.offset == Int64(offset))
    }

    @Test func theTightestReadingCounts() {
        let clocks = Clocks()
        // Another process gets in between the readings of all samples but the third.
        clocks.state.withLock {
            $0.delays = [0, 900_000, 0, 0, 500_000, 70_000, 0, 10, 10, 0, 40_000, 0, 0, 800_000, 0, 0]
        }
        #expect(abs(clocks.clock.offset - Int64(Clocks.epoch)) <= 10)
    }

    @Test func aTimeBeforeTheLastSampleTakesNone() {
        let clocks = Clocks()
        var clock = clocks.clock
        let before = clocks.state.withLock { $0.samples }
        // Records are handed over 10 ms late.
        clock.update(now: clocks.advance(0) - 10_000_000)
        #expect(clocks.state.withLock { $0.samples } == before)
    }
}
