/// A receiver that cannot start.
public struct ReceiverError: Error, CustomStringConvertible {
    /// The key of the configuration and what is wrong with it, in one line.
    public let description: String

    /// An error.
    init(_ description: String) { self.description = description }
}
