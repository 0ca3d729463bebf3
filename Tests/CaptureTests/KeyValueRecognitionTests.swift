import Testing

@testable import Capture

/// Redis, Memcached and MongoDB are not taken for what others say, wherever somebody begins to listen.
@Suite struct KeyValueRecognitionTests {
    @Test(arguments: [ApplicationProtocol.redis, .memcached, .mongodb])
    func theRestOfOthersMessagesIsNotTakenForOurs(_ identity: ApplicationProtocol) {
        let parsers = ParserTable().only(identity)
        for conversation in Conversation.all where !conversation.name.hasPrefix(Self.name(identity)) {
            for (index, step) in conversation.steps.enumerated() {
                for start in step.bytes.indices {
                    let rest = Array(step.bytes[start...])
                    let hint = RecognitionHint(
                        recordLength: UInt64(rest.count), isFirst: false, isOpening: false, senderPort: 40_000,
                        receiverPort: 8080, isFromOpener: nil)
                    let (_, verdict) = rest.withUnsafeBytes {
                        parsers.recognise(
                            UnsafeRawBufferPointer(rebasing: $0.prefix(64)), hint, ruledOut: ProtocolSet())
                    }
                    switch verdict {
                    case .yes:
                        Issue.record(
                            "\(conversation.name), step \(index), from \(start): \(String(decoding: rest.prefix(40), as: UTF8.self).debugDescription)"
                        )
                    case .maybe, .no: break
                    }
                }
            }
        }
    }

    private static func name(_ identity: ApplicationProtocol) -> String {
        switch identity {
        case .redis: "Redis"
        case .memcached: "Memcached"
        default: "MongoDB"
        }
    }
}
