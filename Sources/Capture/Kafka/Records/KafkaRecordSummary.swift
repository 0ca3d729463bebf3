/// What is known of the messages in a request or response.
struct KafkaRecordSummary {
    /// How many there are, as far as is known.
    var count: UInt64 = 0
    /// Whether that is all of them.
    var isWhole = true
    /// The offset of the first one; nil for none.
    var firstOffset: Int64?
    /// Bytes of the first one's value, where it could be read.
    var firstValue: UInt64?
    /// Messages whose contexts differ from those that were handed on, and were not.
    var contextsLeft: UInt64 = 0
    /// Messages of which it was not seen what they carry; more of them may not have been seen at all.
    var unread: UInt64 = 0
    /// Bytes that were decompressed to find their headers.
    var decompressed = 0
}
