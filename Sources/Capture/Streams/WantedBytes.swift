/// How much of one side's bytes a parser wants.
enum WantedBytes: Equatable {
    /// The first and the last of each call.
    case ordinary
    /// All, up to 64 KiB a call.
    case everything
    /// All but the inside of long DATA frames of HTTP/2; all, where the kernel cannot tell where frames begin.
    case http2
    /// Lengths are enough up to an offset.
    case lengths(until: UInt64)
}
