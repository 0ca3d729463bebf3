internal import CInterspanBPF

/// Which connections are left out at what moment, by what the kernel's programs were told: records of others do not
/// come, or come a moment too late to be of use.
///
/// Both ends of a connection are left out and taken in again together, but what one of them does at such a moment the other
/// does a little later. So an exchange is left out as well when it began less than ``quiet`` after its connection was taken
/// in: its other end may have begun it before.
struct LeftOut {
    /// How long a request may lie unread at most without one of its ends being seen alone, ns.
    static let quiet: UInt64 = 400_000_000
    /// Most changes that are remembered. Beyond that the oldest of those that let connections in are taken together.
    static let maximum = 64

    /// Connections that were taken in again.
    private struct TakenIn {
        /// Those with a place in this range.
        var places: Range<UInt32>
        /// Since when, ns.
        var time: UInt64
    }

    /// Places below it are left out by now.
    private(set) var share: UInt32 = 0
    /// Whether anything has been left out yet.
    private(set) var hasActed = false
    /// Changes that lie ahead, in order.
    private var steps: [ShareStep] = []
    private var takenIn: [TakenIn] = []

    /// When the next change is due, ns; .max where none is.
    var nextTime: UInt64 { steps.first?.time ?? .max }

    /// Notes a change; none before those that were noted already.
    mutating func note(_ step: ShareStep) {
        var step = step
        if let last = steps.last {
            step.time = max(step.time, last.time)
            if steps.count >= LeftOut.maximum { steps.removeLast() }
        }
        steps.append(step)
    }

    /// The next change takes effect.
    ///
    /// - Returns: the places of the connections that are left out from now on.
    mutating func advance() -> Range<UInt32> {
        guard !steps.isEmpty else { return 0..<0 }
        let step = steps.removeFirst()
        let before = share
        share = step.share
        if share > 0 { hasActed = true }
        if share < before {
            takenIn.removeAll { $0.time &+ LeftOut.quiet <= step.time }
            if takenIn.count >= LeftOut.maximum {
                let oldest = takenIn.removeFirst()
                takenIn[0].places =
                    min(
                        oldest.places.lowerBound, takenIn[0].places.lowerBound)..<max(
                        oldest.places.upperBound, takenIn[0].places.upperBound)
            }
            takenIn.append(TakenIn(places: share..<before, time: step.time))
        }
        return before..<max(before, share)
    }

    /// Until when exchanges are left out on a connection that is met at a moment, ns; 0 for one that was never left out.
    func quietEnd(of place: UInt32) -> UInt64 {
        takenIn.reduce(0) { $1.places.contains(place) ? max($0, $1.time &+ LeftOut.quiet) : $0 }
    }

    /// Whether a record's connection is left out by now.
    func contains(_ header: UnsafePointer<interspan_record>) -> Bool {
        guard share > 0 else { return false }
        return share >= UInt32(INTERSPAN_CONNECTION_PLACES) || LeftOut.place(of: header) < share
    }

    /// The place of a record's connection; past all of them where it has no identity.
    static func place(of header: UnsafePointer<interspan_record>) -> UInt32 {
        place(
            isSequenced: header.pointee.flags & UInt8(INTERSPAN_FLAG_SEQUENCED.rawValue) != 0,
            firsts: (header.pointee.first_sent, header.pointee.first_received), ends: Connection.endpoints(header))
    }

    /// The place of a connection, by TCP's numbers or by both ends' numbers.
    static func place(isSequenced: Bool, firsts: (UInt32, UInt32), ends: (local: Endpoint, peer: Endpoint)) -> UInt32 {
        if isSequenced { return interspan_connection_place(UInt64(firsts.0), UInt64(firsts.1)) }
        guard ends.local.family == .unix else { return UInt32(INTERSPAN_CONNECTION_PLACES) }
        return interspan_connection_place(ends.local.high, ends.peer.high)
    }
}
