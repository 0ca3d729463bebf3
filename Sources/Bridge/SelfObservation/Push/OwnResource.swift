internal import Capture
internal import Glibc
internal import OTLP

/// The agent's own resource: what `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME` say of it, and where and which it is.
enum OwnResource {
    /// Its attributes; what is configured counts.
    static func attributes(_ configuration: Configuration) -> [(key: String, value: ResourceValue)] {
        var attributes = configuration.agentResource.map { (key: $0.0, value: ResourceValue.string($0.1)) }
        let ids = InstanceIDs()
        let number = UInt32(clamping: getpid())
        let instance = ids.id(of: ProcessKey(pid: number, start: ids.start(of: number) ?? 0))
        let others =
            [("service.version", .string(Version.number)), ("service.instance.id", .string(instance))]
            + HostAttributes.read() + Agent.sdkAttributes
        for other in others where !attributes.contains(where: { $0.key == other.key }) { attributes.append(other) }
        return attributes
    }
}
