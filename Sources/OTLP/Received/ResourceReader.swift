/// Reads who sent spans. Strings are made only at the end, once for each attribute that counts.
struct ResourceReader {
    private var serviceName = 0..<0
    private var serviceInstance = 0..<0
    private var hostName = 0..<0
    private var hostID = 0..<0
    private var processID: Int32 = 0

    /// Takes a Resource.
    mutating func read(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        var position = range.lowerBound
        while let field = WireField(bytes, &position, end: range.upperBound) {
            if field.number == 1 { attribute(bytes, WirePair(bytes, of: field.value)) }
        }
    }

    private mutating func attribute(_ bytes: UnsafeRawBufferPointer, _ pair: WirePair) {
        switch pair.key.count {
        case 7 where pair.isKeyed("host.id", bytes): hostID = pair.text(bytes) ?? hostID
        case 9 where pair.isKeyed("host.name", bytes): hostName = pair.text(bytes) ?? hostName
        case 11 where pair.isKeyed("process.pid", bytes):
            processID = pair.integer(bytes).flatMap { Int32(exactly: $0) }.map { max($0, 0) } ?? processID
        case 12 where pair.isKeyed("service.name", bytes): serviceName = pair.text(bytes) ?? serviceName
        case 19 where pair.isKeyed("service.instance.id", bytes):
            serviceInstance = pair.text(bytes) ?? serviceInstance
        default: break
        }
    }

    /// What was read.
    func resource(_ bytes: UnsafeRawBufferPointer) -> ReceivedResource {
        func string(_ range: Range<Int>) -> String {
            String(decoding: UnsafeRawBufferPointer(rebasing: bytes[range]), as: UTF8.self)
        }
        var resource = ReceivedResource()
        resource.serviceName = string(serviceName)
        resource.serviceInstance = string(serviceInstance)
        resource.processID = processID
        resource.hostName = string(hostName)
        resource.hostID = string(hostID)
        return resource
    }
}
