// Answers of which bytes are missing.
extension MySQLParser {
    /// The longest packet that an answer's end is looked for in, bytes.
    private static let longestEnd = 64

    /// Packets of the server were missed.
    mutating func lostAnswer(in exchanges: inout ExchangeTable) {
        isResponseContinued = false
        mayEndAgain = false
        let isFollowing = isAnswering && queue.count == 1
        if isFollowing {
            // Most likely rows: whatever it was, it is over when the client goes on.
            isDraining = true
            areRowsKnown = false
            nextSequence = nil
            return
        }
        queue.lostAnswers(keeping: queue.count > 1 ? 1 : 0, in: &exchanges)
        reset()
    }

    /// Looks for the beginning of an answer at the start of a record.
    mutating func findAnswer(_ bytes: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        if phase == .compressed {
            // All that is known of them is where they begin.
            if !queue.isEmpty, bytes.count > 3, bytes[3] == 1 { response.restart(in: &exchanges) }
            return
        }
        // Clients may read a packet's header by itself.
        guard !isDraining, !queue.isEmpty, bytes.count < MySQLPacket.headerLength || bytes[3] == 1 else { return }
        response.restart(in: &exchanges)
        reset()
        nextSequence = 1
    }

    /// Looks for the packet that ends an answer at the end of a record.
    mutating func findEnd(_ bytes: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        guard isDraining, phase == .commands else { return }
        let longest = min(MySQLParser.longestEnd, bytes.count)
        guard longest >= 9 else { return }
        for count in 9...longest {
            let packet = UnsafeRawBufferPointer(rebasing: bytes[(bytes.count - count)...])
            guard Int(MySQLPacket.number(packet, at: 0, size: 3)) == count - MySQLPacket.headerLength else { continue }
            let payload = UnsafeRawBufferPointer(rebasing: packet[MySQLPacket.headerLength...])
            switch payload[0] {
            case 0xFE:
                let status = payload.count == 5 ? MySQLStatus(end: payload) : MySQLStatus(ok: payload)
                guard let status, status.rawValue & 0x8000 == 0 else { continue }
                response.restart(in: &exchanges)
                if status.contains(.moreResults) {
                    expected = .first
                    nextSequence = packet[3] &+ 1
                    isDraining = false
                } else {
                    finish(in: &exchanges)
                }
                return
            case 0xFF where payload.count >= 9 && payload[3] == UInt8(ascii: "#"):
                response.restart(in: &exchanges)
                return failed(payload, in: &exchanges)
            default: continue
            }
        }
    }
}
