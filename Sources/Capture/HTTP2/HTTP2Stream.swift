/// A request and its response on a stream, while either is under way.
struct HTTP2Stream {
    /// The stream's number; 0 for a place that is free.
    var id: UInt32 = 0
    /// Its exchange; none as long as its response is all that has been seen.
    var handle = ExchangeHandle.none
    /// Whether it is a gRPC call, as its content type says, or its response's.
    var isGRPC = false
    /// Whether that is not known, since the names of its headers were not.
    var mayBeGRPC = false
    /// Whether its exchange is not opened yet, since its body may tell what its head does not.
    var awaitsBody = false
    /// What its request's body is, going by its media type.
    var bodyKind = BodyKind.unknown
    /// Whether anything of its request's body has come.
    var hasBody = false
    /// Whether its request has ended.
    var hasRequestEnded = false
    /// Whether the head of its response, other than an interim one, has been seen.
    var hasResponseBegun = false
    /// Whether its response has ended.
    var hasResponseEnded = false
    /// Whether its response has trailers.
    var hasTrailers = false
    /// Whether a header of the response could not be known.
    var hasUnknownHeaders = false
    /// The response's status, 0 as long as it is not known.
    var status: Int32 = 0
    /// What the gRPC status is, once it is known.
    var grpcStatus: GRPCStatus?
    /// What its caller said of how long it waits, ns; 0 for nothing.
    var timeout: UInt64 = 0
    /// When its request began, ns.
    var start: UInt64 = 0
    /// Where the response's head began.
    var responseStart = ExecutionPoint(time: 0)
    /// Bytes of the response's body that came before its request was seen.
    var earlyBody: UInt64 = 0
    /// Messages of the request, if it is a gRPC call.
    var requestMessages = GRPCMessages()
    /// Messages of the response, likewise.
    var responseMessages = GRPCMessages()
    /// The requester's ``HTTP2Direction/losses`` when the request began.
    var requestLosses: UInt32 = 0
    /// The responder's when it was last heard of.
    var responseLosses: UInt32 = 0

    /// Whether its response came first: two threads' records may come in the wrong order.
    var isEarly: Bool { handle == .none }
}

/// The streams of a connection that have an exchange under way, found by their number at once.
struct HTTP2Streams {
    /// Most streams whose response has come before their request.
    private static let mostEarly = 16
    /// So many places are kept when all are free.
    private static let retained = 32
    /// What numbers are multiplied with before they are looked up, so that nobody can choose them to collide.
    private static let scatter = UInt64.random(in: 0 ... .max) | 1

    private var table = IndexTable()
    private var places = Slab<HTTP2Stream>()
    private var early = 0

    /// Where a stream is; nil for one without an exchange.
    func find(_ id: UInt32) -> Int32? { table[UInt64(id) &* HTTP2Streams.scatter] }

    /// A stream by its place.
    subscript(place: Int32) -> HTTP2Stream {
        @inline(__always) _read { yield places[place] }
        @inline(__always) _modify { yield &places[place] }
    }

    /// Adds a stream.
    mutating func add(_ stream: HTTP2Stream) -> Int32 {
        let place = places.take { stream }
        places[place] = stream
        table.insert(UInt64(stream.id) &* HTTP2Streams.scatter, place)
        return place
    }

    /// Adds a stream whose request has not been seen yet; nil when there are enough of them.
    mutating func addEarly(_ stream: HTTP2Stream) -> Int32? {
        guard early < HTTP2Streams.mostEarly else { return nil }
        early += 1
        return add(stream)
    }

    /// The request of a stream that was added early has been seen.
    mutating func found(_ handle: ExchangeHandle, for place: Int32) {
        early -= 1
        places[place].handle = handle
    }

    /// Forgets a stream.
    mutating func remove(_ place: Int32) {
        if places[place].isEarly { early -= 1 }
        table.remove(UInt64(places[place].id) &* HTTP2Streams.scatter)
        places[place].id = 0
        places.release(place)
        if places.count == 0, places.places > HTTP2Streams.retained {
            places = Slab<HTTP2Stream>()
            table = IndexTable()
        }
    }

    /// Calls with the place of every stream; they may be removed.
    mutating func forEach(_ body: (inout HTTP2Streams, Int32) -> Void) {
        var place: Int32 = 0
        while place < Int32(places.places) {
            if places[place].id != 0 { body(&self, place) }
            place += 1
        }
    }
}
