/// A packet that the other side owes an answer.
struct MQTTPending {
    /// What is answered.
    enum Kind {
        case connect
        case publish
        case subscribe
        case unsubscribe
    }

    /// Who sent it.
    var sender: Side
    /// What it is.
    var kind: Kind
    /// Its number, which each side chooses for itself; 0 for a connect.
    var identifier: UInt16
    /// How many topics it has.
    var count: Int = 1
    /// Its exchange.
    var handle: ExchangeHandle
}

/// What is owed, oldest first: mostly that is what comes next.
struct MQTTPendings {
    private var entries: ContiguousArray<MQTTPending> = []

    /// Whether nothing is.
    var isEmpty: Bool { entries.isEmpty }

    /// Adds one. There are no more of them than a connection may have exchanges, ``ExchangeTable/maximumPerConnection``.
    mutating func append(_ entry: MQTTPending) {
        guard entry.handle != .none else { return }
        entries.append(entry)
    }

    /// The one with a number.
    func find(_ kind: MQTTPending.Kind, _ identifier: UInt16, from sender: Side) -> MQTTPending? {
        index(kind, identifier, sender).map { entries[$0] }
    }

    /// Takes the one with a number out.
    mutating func take(_ kind: MQTTPending.Kind, _ identifier: UInt16, from sender: Side) -> MQTTPending? {
        index(kind, identifier, sender).map { entries.remove(at: $0) }
    }

    /// Takes out all that a side sent.
    mutating func takeAll(from sender: Side, _ body: (MQTTPending) -> Void) {
        entries.removeAll { entry in
            guard entry.sender == sender else { return false }
            body(entry)
            return true
        }
    }

    /// Forgets all of them.
    mutating func removeAll() { entries.removeAll() }

    private func index(_ kind: MQTTPending.Kind, _ identifier: UInt16, _ sender: Side) -> Int? {
        entries.firstIndex { $0.identifier == identifier && $0.kind == kind && $0.sender == sender }
    }
}
