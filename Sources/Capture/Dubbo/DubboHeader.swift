/// The sixteen bytes that every message begins with (https://dubbo.apache.org, reference of the Dubbo2 protocol): magic
/// number, flags with the serialization, status, id, length of the body.
struct DubboHeader {
    /// Bytes of a header.
    static let length = 16
    /// Longest body that is believed, bytes. Dubbo's own limit is 8 MiB unless it is set otherwise.
    static let longestBody: UInt32 = 256 << 20

    /// How the body is written.
    enum Serialization {
        /// Hessian 2.
        case hessian
        /// A JSON value a line.
        case json
        /// Anything else: known to exist, not read.
        case other

        /// A serialization by its number; nil when there is none.
        init?(_ number: UInt8) {
            switch number {
            case 2: self = .hessian
            case 6: self = .json
            case 3, 4, 7...12, 16, 21...28: self = .other
            default: return nil
            }
        }
    }

    /// Whether it asks; else it answers.
    var isRequest: Bool
    /// Whether an answer is wanted.
    var wantsAnswer: Bool
    /// Whether it is about the connection (a heartbeat) rather than a call.
    var isEvent: Bool
    /// How its body is written.
    var serialization: Serialization
    /// A response's status; 0 in a request.
    var status: UInt8
    /// What ties a response to its request.
    var id: UInt64
    /// Bytes of the body.
    var body: UInt32

    /// Reads a header; nil when it is none, or when there are too few bytes.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= DubboHeader.length, bytes[0] == 0xDA, bytes[1] == 0xBB,
            let serialization = Serialization(bytes[2] & 0x1F)
        else { return nil }
        self.serialization = serialization
        isRequest = bytes[2] & 0x80 != 0
        wantsAnswer = bytes[2] & 0x40 != 0
        isEvent = bytes[2] & 0x20 != 0
        status = bytes[3]
        id = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt64.self))
        body = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
        guard body <= DubboHeader.longestBody, isRequest || DubboHeader.isStatus(status) else { return nil }
    }

    private static func isStatus(_ status: UInt8) -> Bool {
        switch status {
        case 20, 25, 30, 31, 35, 40, 50, 60, 70, 80, 90, 100: true
        default: false
        }
    }

    /// Whether a message may begin with these bytes, which may be too few to tell.
    static func mayBegin(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count < length else { return DubboHeader(bytes) != nil }
        return bytes.first == 0xDA && (bytes.count < 2 || bytes[1] == 0xBB)
    }

    /// What a message's first bytes say.
    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        guard let first = bytes.first else { return .maybe }
        guard first == 0xDA, bytes.count < 2 || bytes[1] == 0xBB,
            bytes.count < 3 || Serialization(bytes[2] & 0x1F) != nil
        else { return .no }
        guard bytes.count >= length else { return .maybe }
        guard let header = DubboHeader(bytes) else { return .no }
        // Both sides send heartbeats: who connected mostly asks.
        guard header.isEvent else { return .yes(header.isRequest ? .requester : .responder) }
        return .yes(hint.isFromOpener ?? (hint.senderPort > hint.receiverPort) ? .requester : .responder)
    }
}
