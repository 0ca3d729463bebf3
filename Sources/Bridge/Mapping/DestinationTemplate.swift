/// Names of destinations that are made for one client or one request, as what they have in common: a span's name must not
/// be different each time (`messaging.destination.template`).
///
/// Known are the inboxes and acknowledgements of NATS, the queues that RabbitMQ names itself and its direct replies, parts
/// that are UUIDs, and parts beside others that look like ids (``PathSegment``), numbers of three digits on among them.
enum DestinationTemplate {
    /// What a name is.
    enum Verdict: Equatable {
        /// One that stays.
        case lasting
        /// One that has parts of its own in it.
        case template
        /// One that goes with its client.
        case temporary
    }

    private static let ends: [(beginning: StaticString, rest: StaticString, isTemporary: Bool)] = [
        ("_INBOX.", "*", true), ("_R_.", "*", true), ("$JS.ACK.", "*", false), ("amq.gen-", "*", true),
        ("amq.rabbitmq.reply-to", ".*", true),
    ]
    private static let uuidLength = 36
    /// Numbers with fewer digits are few.
    private static let shortestNumber = 3

    /// Writes what a name has in common with others of its kind.
    ///
    /// - Parameter append: takes the template's parts in order; nothing when the name stays as it is.
    static func write(_ name: UnsafeRawBufferPointer, _ append: (UnsafeRawBufferPointer) -> Void) -> Verdict {
        var verdict = Verdict.lasting
        var written = 0
        var start = 0
        while start < name.count {
            let part = UnsafeRawBufferPointer(rebasing: name[start...])
            if let known = ends.first(where: { begins(part, with: $0.beginning) }) {
                append(UnsafeRawBufferPointer(rebasing: name[written..<(start + known.beginning.utf8CodeUnitCount)]))
                append(UnsafeRawBufferPointer(start: known.rest.utf8Start, count: known.rest.utf8CodeUnitCount))
                // What AMQP has behind it is another name.
                start += part.firstIndex(of: 0x3A) ?? part.count
                written = start
                if known.isTemporary || verdict == .temporary { verdict = .temporary } else { verdict = .template }
            } else if let length = identifier(part, isAlone: start == 0) {
                append(UnsafeRawBufferPointer(rebasing: name[written..<start]))
                append(UnsafeRawBufferPointer(start: StaticString("*").utf8Start, count: 1))
                start += length
                written = start
                if verdict == .lasting { verdict = .template }
            }
            while start < name.count, !isSeparator(name[start]) { start += 1 }
            start += 1
        }
        if verdict != .lasting { append(UnsafeRawBufferPointer(rebasing: name[min(written, name.count)...])) }
        return verdict
    }

    private static func begins(_ bytes: UnsafeRawBufferPointer, with text: StaticString) -> Bool {
        guard bytes.count >= text.utf8CodeUnitCount else { return false }
        for index in 0..<text.utf8CodeUnitCount where bytes[index] != text.utf8Start[index] { return false }
        return true
    }

    /// How long the id is that the rest of a name begins with; nil when that is none.
    ///
    /// - Parameter isAlone: Whether nothing is in front of it: what is nothing but an id may be all the name there is.
    private static func identifier(_ rest: UnsafeRawBufferPointer, isAlone: Bool) -> Int? {
        if isUUID(rest) { return uuidLength }
        let length = rest.firstIndex(where: isSeparator) ?? rest.count
        guard length >= shortestNumber, !isAlone || length < rest.count else { return nil }
        return PathSegment.isIdentifier(UnsafeRawBufferPointer(rebasing: rest[..<length])) ? length : nil
    }

    private static func isUUID(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count >= uuidLength, bytes.count == uuidLength || isSeparator(bytes[uuidLength]) else {
            return false
        }
        for index in 0..<uuidLength {
            let byte = bytes[index]
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == 0x2D else { return false }
            } else {
                guard byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6 else { return false }
            }
        }
        return true
    }

    /// What stands between the parts of names: dots (NATS, AMQP), slashes (MQTT), colons (ours, for AMQP).
    private static func isSeparator(_ byte: UInt8) -> Bool { byte == 0x2E || byte == 0x2F || byte == 0x3A }
}
