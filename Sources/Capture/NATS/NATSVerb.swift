/// The verbs of NATS's client protocol, in any case (https://docs.nats.io/reference/reference-protocols/nats-protocol).
enum NATSVerb: UInt8, CaseIterable {
    case info
    case connect
    case pub
    case hpub
    case sub
    case unsub
    case msg
    case hmsg
    case ping
    case pong
    case ok
    case error

    /// As it is written.
    var text: StaticString {
        switch self {
        case .info: "info"
        case .connect: "connect"
        case .pub: "pub"
        case .hpub: "hpub"
        case .sub: "sub"
        case .unsub: "unsub"
        case .msg: "msg"
        case .hmsg: "hmsg"
        case .ping: "ping"
        case .pong: "pong"
        case .ok: "+ok"
        case .error: "-err"
        }
    }

    /// Who says it; nil where both do.
    var sender: Side? {
        switch self {
        case .connect, .pub, .hpub, .sub, .unsub: .requester
        case .info, .msg, .hmsg, .ok, .error: .responder
        case .ping, .pong: nil
        }
    }

    /// Whether a message follows the line.
    var hasPayload: Bool { self == .pub || self == .hpub || self == .msg || self == .hmsg }

    /// How bytes begin.
    enum Reading: Equatable {
        /// With this verb, and what ends it.
        case verb(NATSVerb)
        /// With the beginning of one.
        case beginning
        /// With none.
        case none
    }

    /// The verb that bytes begin with.
    static func read(_ bytes: UnsafeRawBufferPointer) -> Reading {
        guard let first = bytes.first.map(lowerCase) else { return .beginning }
        var isBeginning = false
        for verb in allCases where verb.text.utf8Start[0] == first {
            let length = verb.text.utf8CodeUnitCount
            var index = 1
            while index < min(length, bytes.count), lowerCase(bytes[index]) == verb.text.utf8Start[index] { index += 1 }
            if index == bytes.count, index <= length {
                isBeginning = true
            } else if index == length, NATSLine.endsWord(bytes[length]) {
                return .verb(verb)
            }
        }
        return isBeginning ? .beginning : .none
    }
}
