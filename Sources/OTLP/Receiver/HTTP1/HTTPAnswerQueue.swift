/// Answers in the order of their requests, whichever is known first: a peer may send requests ahead (RFC 9112, section
/// 9.3.2), and they are worked on at the same time.
struct HTTPAnswerQueue {
    private struct Place {
        var answer: HTTPAnswer?
        var keepsAlive: Bool
        /// To a request by HEAD: no body, whatever the headers say (RFC 9110, section 9.3.2).
        var hasBody: Bool
    }

    /// Bounded by what one read from the socket can hold: nothing more is read while answers are owed.
    private var places: [Place] = []
    /// The number of the first place.
    private var first: UInt64 = 0

    /// An empty queue.
    init() {}

    /// Whether no answer is owed.
    var isEmpty: Bool { places.isEmpty }

    /// Whether answers are known that could not be written yet, or can be now.
    var isReady: Bool { places.first?.answer != nil }

    /// A place for the answer to a request that begins now.
    /// - Returns: its number.
    mutating func open(keepsAlive: Bool, hasBody: Bool = true) -> UInt64 {
        places.append(Place(keepsAlive: keepsAlive, hasBody: hasBody))
        return first + UInt64(places.count - 1)
    }

    /// Sets the answer for a place; that of a place which is gone is dropped.
    mutating func set(_ answer: HTTPAnswer, at number: UInt64, closes: Bool = false) {
        guard number >= first, number - first < UInt64(places.count) else { return }
        let index = Int(number - first)
        places[index].answer = answer
        if closes { places[index].keepsAlive = false }
    }

    /// Gives up the newest place: its request will never be whole.
    mutating func dropLast() { if !places.isEmpty { places.removeLast() } }

    /// The next answer to write, in order. After one that ends the connection there is none.
    /// - Parameter stopping: whether the last of them ends the connection.
    mutating func next(stopping: Bool) -> (answer: HTTPAnswer, keepsAlive: Bool, hasBody: Bool)? {
        guard let place = places.first, let answer = place.answer else { return nil }
        let keepsAlive = place.keepsAlive && !(stopping && places.count == 1)
        if keepsAlive {
            places.removeFirst()
            first += 1
        } else {
            // Places of requests that came behind it are gone; their numbers stay used.
            first += UInt64(places.count)
            places.removeAll()
        }
        return (answer, keepsAlive, place.hasBody)
    }
}
