/// The parsers of one protocol, one for each connection that speaks it. A class, so that a call to whichever protocol
/// a connection speaks is one indirect call: no existential, and no copy of a parser.
class ParserSlab {
    /// What they speak.
    let identity: ApplicationProtocol

    fileprivate init(_ identity: ApplicationProtocol) { self.identity = identity }

    func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition { .no }
    func make(recognised side: Side, atBeginning: (requester: Bool, responder: Bool)) -> Int32 { -1 }
    func release(_ index: Int32) {}
    func bytes(_ bytes: StreamBytes, from side: Side, at index: Int32, in exchanges: inout ExchangeTable) {}
    func unknown(_ count: UInt64, from side: Side, at index: Int32, in exchanges: inout ExchangeTable) {}
    func closed(at index: Int32, in exchanges: inout ExchangeTable) {}
    func abandoned(at index: Int32, in exchanges: inout ExchangeTable) {}
    func isReady(for side: Side, at index: Int32) -> Bool { true }
}

/// The parsers of a protocol.
final class ParserSlabOf<Parser: ProtocolParser>: ParserSlab {
    private var parsers = Slab<Parser>()

    /// None yet.
    init() { super.init(Parser.identity) }

    override func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        Parser.recognise(bytes, hint)
    }

    override func make(recognised side: Side, atBeginning: (requester: Bool, responder: Bool)) -> Int32 {
        let parser = Parser(recognised: side, atBeginning: atBeginning)
        let index = parsers.take { parser }
        parsers[index] = parser
        return index
    }

    override func release(_ index: Int32) {
        // What it kept goes at once, not when the place is taken again.
        parsers[index] = Parser(recognised: .requester, atBeginning: (false, false))
        parsers.release(index)
    }

    override func bytes(_ bytes: StreamBytes, from side: Side, at index: Int32, in exchanges: inout ExchangeTable) {
        parsers[index].bytes(bytes, from: side, in: &exchanges)
    }

    override func unknown(_ count: UInt64, from side: Side, at index: Int32, in exchanges: inout ExchangeTable) {
        parsers[index].unknown(count, from: side, in: &exchanges)
    }

    override func closed(at index: Int32, in exchanges: inout ExchangeTable) {
        parsers[index].closed(in: &exchanges)
    }

    override func abandoned(at index: Int32, in exchanges: inout ExchangeTable) {
        parsers[index].abandoned(in: &exchanges)
    }

    override func isReady(for side: Side, at index: Int32) -> Bool { parsers[index].isReady(for: side) }
}
