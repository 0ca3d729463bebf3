/// What was done with spans' texts.
struct MappingCounters: Sendable {
    /// What was replaced.
    var redaction = Redaction.Counters()
    /// Routes of servers.
    var serverRoutes = RouteTable.Counters()
    /// Routes of what clients call.
    var clientRoutes = RouteTable.Counters()
}
