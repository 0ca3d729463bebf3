@testable import Capture

/// Which protocol a ``LetterParser`` is of, and the letter that its messages begin with.
protocol Letters {
    static var identity: ApplicationProtocol { get }
    static var first: UInt8 { get }
}

enum LettersOfA: Letters {
    static let identity = ApplicationProtocol.redis
    static let first = UInt8(ascii: "A")
}

enum LettersOfB: Letters {
    static let identity = ApplicationProtocol.nats
    static let first = UInt8(ascii: "B")
}

/// A protocol whose bytes tell what its parser does, one thing each, so that tests can see what comes of that. Both
/// sides' messages begin with its letter or with `*`, which may be of any; what is not known is no command.
struct LetterParser<Of: Letters>: ProtocolParser {
    static var identity: ApplicationProtocol { Of.identity }

    private var handle = ExchangeHandle.none
    private var key: UInt64 = 0
    private var reserved = 0

    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        guard let first = bytes.first else { return .maybe }
        if first == UInt8(ascii: "?"), bytes.count < 3 { return .maybe }
        return first == Of.first || first == UInt8(ascii: "*") || first == UInt8(ascii: "?") ? .yes(.requester) : .no
    }

    init(recognised side: Side, atBeginning: (requester: Bool, responder: Bool)) {}

    mutating func bytes(_ bytes: StreamBytes, from side: Side, in exchanges: inout ExchangeTable) {
        for (index, byte) in bytes.bytes.enumerated() {
            obey(
                byte, at: bytes.offset + UInt64(index), left: bytes.bytes.count - index - 1, from: side, in: &exchanges)
            if exchanges.surrender != nil { return }
        }
    }

    private mutating func obey(
        _ byte: UInt8, at offset: UInt64, left: Int, from side: Side, in exchanges: inout ExchangeTable
    ) {
        switch UnicodeScalar(byte) {
        case "r": begin(from: side, at: offset, in: &exchanges)
        case "o": exchanges.open(handle)
        case "s": exchanges.setSilent(handle)
        case "f": exchanges.setFailed(handle)
        case "x": exchanges.passOver(handle)
        case "a":
            exchanges.beginResponse(handle, at: exchanges.context.point)
            exchanges.endResponse(handle)
        case "1":
            exchanges.open(handle)
            exchanges.endResponse(handle)
        case "e": exchanges.want(.everything, of: .responder)
        case "n": exchanges.want(.ordinary, of: .responder)
        case "l": exchanges.want(.lengths(until: 100_000), of: .requester)
        case "k": if exchanges.reserve(100) { reserved += 100 }
        case "U": if Of.first == UInt8(ascii: "A") { exchanges.surrender = .unrecognised }
        case "V": exchanges.surrender = .unrecognised
        case "M": exchanges.surrender = .mistaken
        case "L": exchanges.surrender = .leftAlone
        case "C": exchanges.surrender = .changed(to: .nats, left: left)
        case "D": exchanges.surrender = .changed(to: .redis, left: left)
        case "N": exchanges.surrender = .changed(to: nil, left: left)
        default: break
        }
    }

    private mutating func begin(from side: Side, at offset: UInt64, in exchanges: inout ExchangeTable) {
        handle = exchanges.begin(key: key, offset: offset, from: side)
        key += 1
        exchanges.endRequest(handle)
    }

    mutating func unknown(_ count: UInt64, from side: Side, in exchanges: inout ExchangeTable) {
        if side == .responder { exchanges.surrender = .unrecognised }
    }

    mutating func closed(in exchanges: inout ExchangeTable) { abandoned(in: &exchanges) }

    mutating func abandoned(in exchanges: inout ExchangeTable) {
        exchanges.unreserve(reserved)
        reserved = 0
    }

    func isReady(for side: Side) -> Bool { true }
}

extension TrackerRun {
    /// A tracker that knows these two protocols alone.
    static func ofLetters() -> TrackerRun {
        var run = TrackerRun()
        run.tracker.parsers = ParserTable(of: [
            ParserSlabOf<LetterParser<LettersOfA>>(), ParserSlabOf<LetterParser<LettersOfB>>(),
        ])
        return run
    }
}
