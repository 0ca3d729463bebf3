/// The records behind a message's questions, as far as its bytes are known (RFC 1035, section 4.1.3).
struct DNSRecords {
    /// A record without its name.
    struct Record {
        /// What kind it is.
        var type: UInt16
        /// Seconds that it may be kept; EDNS has flags there.
        var timeToLive: UInt32
        /// What it says, lent from the message.
        var data: UnsafeRawBufferPointer
    }

    private let message: UnsafeRawBufferPointer
    private let start: Int
    private let count: Int

    /// So many records from a place of a message on.
    init(_ message: UnsafeRawBufferPointer, from start: Int, count: Int) {
        self.message = message
        self.start = start
        self.count = count
    }

    /// Calls for each record that is known whole, up to the first that is not.
    func forEach(_ body: (Record) -> Void) {
        var place = start
        for _ in 0..<count {
            guard let name = DNSName.end(of: message, from: place), name + 10 <= message.count else { return }
            let length = Int(message.big16(name + 8))
            guard name + 10 + length <= message.count else { return }
            body(
                Record(
                    type: message.big16(name), timeToLive: message.big32(name + 4),
                    data: UnsafeRawBufferPointer(rebasing: message[(name + 10)..<(name + 10 + length)])))
            place = name + 10 + length
        }
    }
}
