/// What may be a topic: text without wildcards and without the bytes that no text has (MQTT 5, 4.7 and 1.5.4).
enum MQTTTopic {
    /// Whether a message may go there.
    static func isName(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.allSatisfy { $0 >= 0x20 && $0 != 0x23 && $0 != 0x2B && $0 != 0x7F && $0 != 0xFF }
    }

    /// Whether it may be subscribed to.
    static func isFilter(_ bytes: UnsafeRawBufferPointer) -> Bool {
        !bytes.isEmpty && bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != 0xFF }
    }
}

/// The filters of a SUBSCRIBE or UNSUBSCRIBE packet.
struct MQTTFilters {
    /// The first.
    private(set) var first = UnsafeRawBufferPointer(start: nil, count: 0)
    /// How many.
    private(set) var count = 0

    /// Reads them; nil when there are none, or something else.
    ///
    /// - Parameter hasOptions: whether a byte of options follows each.
    init?(_ bytes: UnsafeRawBufferPointer, hasOptions: Bool, isCut: Bool) {
        var reader = NetworkOrderReader(bytes)
        while !reader.rest.isEmpty {
            guard let filter = reader.mediumString(), MQTTTopic.isFilter(filter) else {
                guard isCut, count > 0 else { return nil }
                return
            }
            if hasOptions {
                guard let options = reader.byte() else {
                    guard isCut else { return nil }
                    break
                }
                guard options & 0xC0 == 0, options & 3 != 3 else { return nil }
            }
            if count == 0 { first = filter }
            count += 1
        }
        guard count > 0 else { return nil }
    }
}
