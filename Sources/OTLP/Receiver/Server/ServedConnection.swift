/// A connection of either protocol, as the server that watches over all of them sees it. On the event loop.
protocol ServedConnection: AnyObject {
    /// Gives up what is overdue.
    /// - Parameter now: CLOCK_MONOTONIC, ns.
    func tick(now: UInt64)

    /// Ends once what is owed has been answered.
    func stop()

    /// Ends now.
    func abort()
}
