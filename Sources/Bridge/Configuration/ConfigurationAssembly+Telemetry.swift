/// The agent's own servers among the addresses that it listens at.
extension ConfigurationAssembly {
    /// No two of them, and none of them and a receiver, may listen at the same place.
    mutating func resolveTelemetry(_ configuration: Configuration, _ root: ConfigurationNode) {
        var taken = configuration.receivers.flatMap { receiver in
            receiver.endpoints.map { key, address in
                ((["receivers", receiver.name] + key).joined(separator: "."), address)
            }
        }
        for (section, place) in [
            ("metrics", configuration.telemetry.metrics.place), ("health", configuration.telemetry.health.place),
        ] {
            guard let place else { continue }
            let keys = ["service", "telemetry", section, "address"]
            let path = keys.joined(separator: ".")
            if let other = taken.first(where: { $0.1.collides(with: place) }) {
                let message = "expected an address of its own, \(other.0) listens there as well"
                problems.add(path, root.origin(nearest: keys), message)
            }
            taken.append((path, place))
        }
    }
}
