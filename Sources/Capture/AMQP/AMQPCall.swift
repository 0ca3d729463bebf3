/// A method of the client's that the server owes an answer.
struct AMQPCall {
    /// Its channel.
    var channel: UInt16
    /// Which.
    var method: AMQPMethod
    /// The queue that a get is about, or -1.
    var queue: Int16 = -1
    /// Whether what it gets has to be settled.
    var needsSettling = false
    /// Its exchange.
    var handle: ExchangeHandle
}

/// A message that was published and that the server will confirm.
struct AMQPConfirmation {
    /// Its channel.
    var channel: UInt16
    /// Whether it comes back when it cannot be routed, and has not yet.
    var mayReturn: Bool
    /// Its number on the channel.
    var tag: UInt64
    /// What it is known by if it comes back: exchange and routing key.
    var hash: UInt64
    /// Its exchange.
    var handle: ExchangeHandle
}
