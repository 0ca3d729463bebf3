/// Tells AMQP 0-9-1 by a message's first bytes: the protocol's header; a method that exists, in a frame whose length and end
/// are right; a heartbeat.
enum AMQPSignature {
    /// The port that is AMQP's (IANA).
    static let port: UInt16 = 5672
    /// Longest arguments of a method that are believed: tables of what a peer can do are the longest.
    private static let longestMethod: UInt32 = 64 << 10

    /// What the first bytes say.
    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        guard let first = bytes.first else { return .maybe }
        if first == 0x41 { return header(bytes) }
        guard first == AMQPFrame.Kind.method.rawValue || first == AMQPFrame.Kind.heartbeat.rawValue else { return .no }
        switch frame(bytes) {
        case .no: return .no
        case .maybe: return .maybe
        case .yes(let side?): return .yes(side)
        case .yes(nil): return side(hint).map { .yes($0) } ?? .no
        }
    }

    /// Whether the first bytes of a record are those of a frame that a side may send, or may be.
    static func begins(_ bytes: UnsafeRawBufferPointer, from side: Side, isSure: Bool = false) -> Bool {
        switch frame(bytes) {
        case .no: false
        case .maybe: !isSure && bytes.first == AMQPFrame.Kind.method.rawValue
        case .yes(let sender): (sender ?? side) == side
        }
    }

    private enum Verdict {
        case no
        case maybe
        /// It is one of this side, or of either.
        case yes(Side?)
    }

    private static func header(_ bytes: UnsafeRawBufferPointer) -> Recognition {
        for index in 0..<min(bytes.count, AMQPFrame.protocolHeaderLength)
        where bytes[index] != AMQPFrame.protocolHeader.utf8Start[index] { return .no }
        return bytes.count >= AMQPFrame.protocolHeaderLength ? .yes(.requester) : .maybe
    }

    private static func frame(_ bytes: UnsafeRawBufferPointer) -> Verdict {
        guard bytes.count >= AMQPFrame.headerLength else {
            // Channels and arguments are few: their upper bytes are mostly zero.
            return bytes.count < 4 || bytes[3] == 0 ? .maybe : .no
        }
        guard let frame = AMQPFrame(bytes) else { return .no }
        let last = AMQPFrame.headerLength + Int(frame.size)
        if last < bytes.count, bytes[last] != AMQPFrame.end { return .no }
        switch frame.kind {
        case .heartbeat: return last < bytes.count ? .yes(nil) : .maybe
        case .body: return .no
        case .header, .method: break
        }
        var reader = NetworkOrderReader(bytes)
        _ = reader.take(AMQPFrame.headerLength)
        if frame.kind == .header {
            guard let (number, weight) = reader.long().map({ (UInt16($0 >> 16), $0 & 0xFFFF) }) else { return .maybe }
            return number == AMQPMethod.basicClass && weight == 0 && last < bytes.count ? .yes(nil) : .no
        }
        guard frame.size <= longestMethod else { return .no }
        guard let number = reader.long() else { return .maybe }
        guard let method = AMQPMethod(rawValue: number) else { return .no }
        guard (frame.channel == 0) == (number >> 16 == 10) else { return .no }
        return .yes(method.sender)
    }

    /// Who sent what either may send.
    private static func side(_ hint: RecognitionHint) -> Side? {
        if let isFromOpener = hint.isFromOpener { return isFromOpener ? .requester : .responder }
        if hint.receiverPort == port { return .requester }
        return hint.senderPort == port ? .responder : nil
    }
}
