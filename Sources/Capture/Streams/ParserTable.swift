/// The parsers of all connections: a slab for each protocol, and the one place where protocols are listed.
struct ParserTable {
    /// Bytes of a message within which every protocol can be told.
    static let signatureLength = 64

    /// A parser's place.
    struct Place {
        /// Which slab it is in.
        var identity: ApplicationProtocol
        /// Where in it.
        var index: Int32
    }

    private var http1 = Slab<HTTP1Parser>()

    /// Which protocol a message that begins with these bytes is of.
    static func recognise(_ bytes: UnsafeRawBufferPointer) -> (ApplicationProtocol, Recognition) {
        let verdict = HTTP1Parser.recognise(bytes)
        if verdict == .maybe, bytes.count >= signatureLength { return (.http1, .no) }
        return (.http1, verdict)
    }

    /// Makes a parser.
    mutating func make(
        _ identity: ApplicationProtocol, recognised side: Side, atBeginning: (requester: Bool, responder: Bool)
    ) -> Place {
        switch identity {
        case .http1:
            let parser = HTTP1Parser(recognised: side, atBeginning: atBeginning)
            let index = http1.take { parser }
            http1[index] = parser
            return Place(identity: identity, index: index)
        }
    }

    /// Forgets a parser.
    mutating func release(_ place: Place) {
        switch place.identity {
        case .http1: http1.release(place.index)
        }
    }

    mutating func bytes(_ bytes: StreamBytes, from side: Side, at place: Place, in exchanges: inout ExchangeTable) {
        switch place.identity {
        case .http1: http1[place.index].bytes(bytes, from: side, in: &exchanges)
        }
    }

    mutating func unknown(_ count: UInt64, from side: Side, at place: Place, in exchanges: inout ExchangeTable) {
        switch place.identity {
        case .http1: http1[place.index].unknown(count, from: side, in: &exchanges)
        }
    }

    mutating func closed(at place: Place, in exchanges: inout ExchangeTable) {
        switch place.identity {
        case .http1: http1[place.index].closed(in: &exchanges)
        }
    }

    mutating func abandoned(at place: Place, in exchanges: inout ExchangeTable) {
        switch place.identity {
        case .http1: http1[place.index].abandoned(in: &exchanges)
        }
    }

    func isReady(for side: Side, at place: Place) -> Bool {
        switch place.identity {
        case .http1: http1[place.index].isReady(for: side)
        }
    }
}
