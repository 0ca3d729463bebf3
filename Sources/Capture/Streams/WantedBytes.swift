/// How much of one side's bytes a parser wants.
enum WantedBytes: Equatable {
    /// The first and the last of each call.
    case ordinary
    /// All, up to 64 KiB a call.
    case everything
    /// Lengths are enough up to an offset.
    case lengths(until: UInt64)
}
