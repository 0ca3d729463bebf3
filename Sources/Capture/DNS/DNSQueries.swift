/// Queries of one connection, or of one socket, that have not been answered, in the order in which they came. Bounded by what
/// ``ExchangeTable`` lets one connection have open.
struct DNSQueries {
    /// A query.
    struct Query {
        /// By what its answer is known, with ``question``.
        var id: UInt16
        /// A hash of what was asked.
        var question: UInt64
        /// Whether a zone was asked for, so that several messages may answer.
        var isTransfer: Bool
        /// How many times the zone's own record has come: a transfer begins and ends with it.
        var boundaries = 0
        /// When it came, ns of the source's clock.
        var time: UInt64
        /// Its exchange.
        var handle: ExchangeHandle
    }

    private var queries: [Query] = []

    /// Whether every query has been answered.
    var isEmpty: Bool { queries.isEmpty }

    /// The query at a place.
    subscript(place: Int) -> Query {
        get { queries[place] }
        _modify { yield &queries[place] }
    }

    /// Adds a query behind all others.
    mutating func append(_ query: Query) { queries.append(query) }

    /// Takes a query out.
    mutating func remove(at place: Int) { queries.remove(at: place) }

    /// The query that a response answers, by its id and the question that it repeats. Without one (some failures have none)
    /// by the id, if no other query has it.
    func place(of id: UInt16, _ question: UInt64?) -> Int? {
        guard let question else {
            guard let place = queries.firstIndex(where: { $0.id == id }) else { return nil }
            return queries.lastIndex { $0.id == id } == place ? place : nil
        }
        return queries.firstIndex { $0.id == id && $0.question == question }
    }

    /// Takes out all that came before a moment.
    mutating func removeAll(before time: UInt64, _ body: (Query) -> Void) {
        var count = 0
        while count < queries.count, queries[count].time < time {
            body(queries[count])
            count += 1
        }
        if count > 0 { queries.removeFirst(count) }
    }

    /// Takes out all.
    mutating func removeAll(_ body: (Query) -> Void) {
        for query in queries { body(query) }
        queries = []
    }
}
