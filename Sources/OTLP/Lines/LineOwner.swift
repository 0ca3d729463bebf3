/// Whose spans they are, as a resource says: the process whose requests can have caused its calls.
struct LineOwner {
    private var service: UInt64 = 0
    private var instance: UInt64 = 0
    private var host: UInt64 = 0

    /// Takes in an attribute of the resource.
    mutating func take(_ key: UnsafeRawBufferPointer, _ value: LineAttributes.Value) {
        guard case .text(let text) = value else { return }
        switch key.count {
        case 9 where LineAttributes.isKey(key, "host.name"): host = TextHash.of(text)
        case 12 where LineAttributes.isKey(key, "service.name"): service = TextHash.of(text)
        case 19 where LineAttributes.isKey(key, "service.instance.id"): instance = TextHash.of(text)
        default: break
        }
    }

    /// The service with its instance, or without one with its host; never 0.
    var value: UInt64 {
        var hash = TextHash()
        hash.absorb(service)
        hash.absorb(instance != 0 ? instance : 0)
        hash.absorb(instance != 0 ? 0 : host)
        return hash.value
    }
}
