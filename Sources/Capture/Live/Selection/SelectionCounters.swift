/// What became of the processes that were judged.
public struct SelectionCounters: Sendable, Equatable {
    /// Questions of the kernel's programs that were answered.
    public var questions: UInt64 = 0
    /// Times a process was found to be watched.
    public var watched: UInt64 = 0
    /// Times one was found not to be.
    public var leftOut: UInt64 = 0
    /// Times nothing could be said yet.
    public var undecided: UInt64 = 0
    /// Processes that ended before they were judged.
    public var gone: UInt64 = 0
    /// Processes for which there was no room in the kernel, or among those to be looked at a second time.
    public var refused: UInt64 = 0

    /// Nothing yet.
    public init() {}
}
