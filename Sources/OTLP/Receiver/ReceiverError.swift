import Glibc
import NIOCore

/// A receiver, or another server of ours, that cannot start.
public struct ReceiverError: Error, CustomStringConvertible {
    /// The key of the configuration and what is wrong with it, in one line.
    public let description: String

    /// An error.
    init(_ description: String) { self.description = description }

    /// Why nothing can listen at an address that a key of the configuration names.
    init(_ error: any Error, at address: ListenAddress, key: String) {
        let reason =
            if let error = error as? IOError { String(cString: strerror(error.errnoCode)) } else {
                "\(error)".printable()
            }
        self.init("\(key): \(address): \(reason)")
    }
}
