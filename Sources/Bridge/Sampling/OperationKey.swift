internal import Capture

/// A number for the service and the operation of a request, by which a rate limit is shared out. Known when the request
/// opens, before anybody has looked its process up, and equal for all processes of a service on a host: a hash of program
/// name, control group and port, and of method and path, in which what looks like an id counts as one.
enum OperationKey {
    /// A part of a path longer than this is taken for an id.
    private static let longestPart = 32
    /// Parts of a path that count.
    private static let parts = 4
    /// Bytes of a statement in which its first word must end.
    private static let longestWord = 16

    /// That of an exchange; never 0.
    static func of(_ exchange: Exchange, _ fields: borrowing FieldBuffer) -> UInt64 {
        var hash = Mixer(seed: 0x4F50_4552)  // "OPER"
        hash.absorb(UInt64(exchange.end.role.rawValue) << 8 | UInt64(exchange.protocol.rawValue))
        hash.absorb(exchange.process.command.0)
        hash.absorb(exchange.process.command.1)
        hash.absorb(exchange.process.cgroup)
        if exchange.end.role == .server { hash.absorb(UInt64(exchange.local.port)) }
        let range = exchange.fields
        for index in Int(range.start)..<Int(range.start + range.count) {
            let field = fields.fields[index]
            switch field.key {
            case .method, .service, .destination, .collection, .operation:
                hash.absorb(UInt64(field.key.rawValue) << 32 | fields.withBytes(of: field.value, whole) >> 32)
            case .target: hash.absorb(fields.withBytes(of: field.value, path))
            case .statement: hash.absorb(fields.withBytes(of: field.value, firstWord))
            default: break
            }
        }
        return max(hash.finish().0, 1)
    }

    /// That of a span of an SDK, by its service, its kind and its name; never 0.
    static func of(service: String, kind: UInt8, name: UnsafeRawBufferPointer) -> UInt64 {
        var hash = Mixer(seed: 0x5344_4B53)  // "SDKS"
        hash.absorb(UInt64(kind))
        var service = service
        hash.absorb(service.withUTF8 { whole(UnsafeRawBufferPointer($0)) })
        hash.absorb(whole(name))
        return max(hash.finish().0, 1)
    }

    private static func whole(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        bytes.reduce(seed) { add($1, to: $0) }
    }

    private static func firstWord(_ statement: UnsafeRawBufferPointer) -> UInt64 {
        statement.prefix(longestWord).prefix { ($0 | 0x20) &- 0x61 < 26 }.reduce(seed) { add($1 | 0x20, to: $0) }
    }

    /// The path of a target, without its query.
    private static func path(_ target: UnsafeRawBufferPointer) -> UInt64 {
        let path = RequestTarget(target).path
        var hash = seed
        var start = 0
        var count = 0
        while start < path.count, count < parts {
            let end = path[start...].firstIndex(of: UInt8(ascii: "/")) ?? path.count
            let part = path[start..<end]
            if part.count > longestPart || part.contains(where: { $0 &- 0x30 < 10 }) {
                hash = add(UInt8(ascii: "*"), to: hash)
            } else {
                hash = part.reduce(hash) { add($1, to: $0) }
            }
            hash = add(UInt8(ascii: "/"), to: hash)
            start = end + 1
            count += 1
        }
        return hash
    }

    private static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

    /// FNV-1a.
    private static func add(_ byte: UInt8, to hash: UInt64) -> UInt64 { (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
}
