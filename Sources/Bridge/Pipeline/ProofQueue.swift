internal import Synchronization

/// How what SDKs' spans prove gets from Bridge's thread to the capture thread. What does not fit is given up: there will be
/// more.
final class ProofQueue: Sendable {
    /// Most proofs under way.
    static let capacity = 4096

    private let waiting = Mutex<[CallProof]>([])
    private let isEmpty = Atomic(true)
    private let dropped = Atomic<UInt64>(0)

    /// Proofs that there was no room for.
    var drops: UInt64 { dropped.load(ordering: .relaxed) }

    /// Adds one, from Bridge's thread.
    func push(_ proof: CallProof) {
        let hasRoom = waiting.withLock { waiting in
            guard waiting.count < ProofQueue.capacity else { return false }
            waiting.append(proof)
            return true
        }
        if hasRoom {
            isEmpty.store(false, ordering: .releasing)
        } else {
            dropped.add(1, ordering: .relaxed)
        }
    }

    /// Takes all there are, in the order in which they came; an array that was taken before comes back as room for more.
    func take(_ proofs: inout [CallProof]) {
        proofs.removeAll(keepingCapacity: true)
        guard !isEmpty.load(ordering: .acquiring) else { return }
        waiting.withLock { waiting in
            swap(&waiting, &proofs)
            isEmpty.store(true, ordering: .relaxed)
        }
    }
}
