/// Why everything that a connection has open comes to its end.
enum EndReason {
    /// It was closed.
    case closed
    /// It is left out under overload.
    case leftOut
    /// It had to make room.
    case evicted
    /// Its process ended.
    case processExited
    /// The capture ended.
    case captureEnded
}
