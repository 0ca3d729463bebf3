internal import Threading

/// Where metrics are read from: whatever publishes what it counts, from any thread.
struct MetricSources: Sendable {
    /// The capture thread, and how far the agent has come.
    let state: AgentState
    /// Bridge's thread, where something is captured.
    let bridge: BridgeThread?
    /// Who is asked about containers.
    let containers: ContainerDirectory
    /// The receivers and exporters.
    let wiring: LiveWiring
    /// Who sends what is read here.
    var pushes = MetricsPushes()
    /// When the agent began, ns of CLOCK_MONOTONIC.
    let began: UInt64
}
