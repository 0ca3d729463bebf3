/// The parsers of all connections, and the one place where protocols are listed.
struct ParserTable {
    /// Bytes of a message within which every protocol can be told.
    static let signatureLength = 64

    /// A parser's place.
    struct Place {
        /// What it speaks.
        var identity: ApplicationProtocol
        /// Where among its kind it is.
        var index: Int32
    }

    /// In the order in which they are asked: those whose signatures leave no doubt first.
    private var slabs: [ParserSlab] = [
        ParserSlabOf<AMQPParser>(),
        ParserSlabOf<NATSParser>(),
        ParserSlabOf<HTTP1Parser>(),
        ParserSlabOf<HTTP2Parser>(),
        ParserSlabOf<FastCGIParser>(),
        ParserSlabOf<DubboParser>(),
        ParserSlabOf<TLSParser>(),
        ParserSlabOf<MongoParser>(),
        ParserSlabOf<RedisParser>(),
        ParserSlabOf<MemcachedParser>(),
        ParserSlabOf<PostgreSQLParser>(),
        ParserSlabOf<MySQLParser>(),
        ParserSlabOf<MQTTParser>(),
        ParserSlabOf<DNSParser>(),
        ParserSlabOf<KafkaParser>(),
    ]
    /// Where in ``slabs`` each protocol is, by its raw value; -1 for none.
    private var places: [Int] = []

    /// No parsers yet.
    init() { place() }

    /// Likewise, of other protocols than those that are listed here.
    init(of slabs: [ParserSlab]) {
        self.slabs = slabs
        place()
    }

    private mutating func place() {
        places = [Int](repeating: -1, count: Int(ApplicationProtocol.allCases.map(\.rawValue).max() ?? 0) + 1)
        for index in slabs.indices { places[Int(slabs[index].identity.rawValue)] = index }
    }

    /// Likewise, of one protocol alone, for whoever looks at it by itself.
    func only(_ identity: ApplicationProtocol) -> ParserTable {
        ParserTable(of: slabs.filter { $0.identity == identity })
    }

    /// The protocols that there are parsers for, in the order in which they are asked.
    var identities: [ApplicationProtocol] { slabs.map(\.identity) }

    /// Which protocol a message that begins with these bytes is of; nil with anything but yes.
    ///
    /// - Parameter ruledOut: protocols that the connection has proved not to speak.
    func recognise(
        _ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint, ruledOut: ProtocolSet
    ) -> (ApplicationProtocol?, Recognition) {
        var isPossible = false
        for slab in slabs where !ruledOut.contains(slab.identity) {
            switch slab.recognise(bytes, hint) {
            case .yes(let side): return (slab.identity, .yes(side))
            case .maybe: isPossible = true
            case .no: break
            }
        }
        return (nil, isPossible && bytes.count < ParserTable.signatureLength ? .maybe : .no)
    }

    /// Whether there is a parser for a protocol.
    func has(_ identity: ApplicationProtocol) -> Bool { places[Int(identity.rawValue)] >= 0 }

    /// Makes a parser, for a protocol that there is one for.
    func make(
        _ identity: ApplicationProtocol, recognised side: Side, atBeginning: (requester: Bool, responder: Bool)
    ) -> Place {
        Place(identity: identity, index: slab(identity).make(recognised: side, atBeginning: atBeginning))
    }

    /// Forgets a parser.
    func release(_ place: Place) { slab(place.identity).release(place.index) }

    func bytes(_ bytes: StreamBytes, from side: Side, at place: Place, in exchanges: inout ExchangeTable) {
        slab(place.identity).bytes(bytes, from: side, at: place.index, in: &exchanges)
    }

    func unknown(_ count: UInt64, from side: Side, at place: Place, in exchanges: inout ExchangeTable) {
        slab(place.identity).unknown(count, from: side, at: place.index, in: &exchanges)
    }

    func closed(at place: Place, in exchanges: inout ExchangeTable) {
        slab(place.identity).closed(at: place.index, in: &exchanges)
    }

    func abandoned(at place: Place, in exchanges: inout ExchangeTable) {
        slab(place.identity).abandoned(at: place.index, in: &exchanges)
    }

    func isReady(for side: Side, at place: Place) -> Bool {
        slab(place.identity).isReady(for: side, at: place.index)
    }

    @inline(__always)
    private func slab(_ identity: ApplicationProtocol) -> ParserSlab { slabs[places[Int(identity.rawValue)]] }
}
