@testable import Correlate

/// What was answered for the calls of a ``Traffic``.
struct Answers {
    /// By the call's place: the request's place, or none.
    var requests: [Int?]
    /// How sure.
    var probabilities: [Double]
}

extension Traffic {
    /// Something that happens, in the order in which it is told.
    enum Event {
        case requestOpened(Int), requestClosed(Int), callOpened(Int), callClosed(Int)
    }

    /// All that happens, in order.
    func events() -> [(time: UInt64, event: Event)] {
        var events: [(time: UInt64, rank: Int, event: Event)] = []
        for (index, request) in requests.enumerated() {
            events.append((request.start, 0, .requestOpened(index)))
            events.append((request.end, 3, .requestClosed(index)))
        }
        for (index, call) in calls.enumerated() {
            events.append((call.start, 2, .callOpened(index)))
            events.append((call.end, 1, .callClosed(index)))
        }
        events.sort { ($0.time, $0.rank) < ($1.time, $1.rank) }
        return events.map { ($0.time, $0.event) }
    }
}
