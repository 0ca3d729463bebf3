/// What a hello says (RFC 8446, 4.1), as far as its bytes are there. Views of the bytes it was made from.
struct TLSHello {
    /// A retry that asks for another ClientHello has this in the place of its random bytes (RFC 8446, 4.1.3).
    private static let retryRandom: [UInt8] = [
        0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
        0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
    ]

    /// ServerHello: the version that was chosen; ClientHello: the highest that is offered.
    private(set) var version: UInt16 = 0
    /// ClientHello: who the client wants to speak to (RFC 6066, 3).
    private(set) var serverName: UnsafeRawBufferPointer?
    /// The names that were offered, or the one that was chosen, each behind its length (RFC 7301, 3.1).
    private(set) var protocols: UnsafeRawBufferPointer?
    /// Whether a ServerHello is no answer but asks for another ClientHello.
    private(set) var isRetry = false

    private enum Extension {
        static let serverName = 0
        static let protocols = 16
        static let supportedVersions = 43
    }

    /// Reads a hello's body.
    ///
    /// - Parameter isClient: whether it is a ClientHello.
    init?(_ body: UnsafeRawBufferPointer, isClient: Bool) {
        var reader = Reader(body)
        guard let version = reader.number(2), let random = reader.bytes(32), reader.vector(1) != nil else { return nil }
        self.version = UInt16(version)
        isRetry = !isClient && random.elementsEqual(TLSHello.retryRandom)
        if isClient {
            guard reader.vector(2) != nil, reader.vector(1) != nil else { return }
        } else {
            guard reader.bytes(3) != nil else { return }
        }
        guard reader.number(2) != nil else { return }
        while let type = reader.number(2), let length = reader.number(2) {
            guard let contents = reader.bytes(length) else { return }
            read(type, contents, isClient: isClient)
        }
    }

    private mutating func read(_ type: Int, _ contents: UnsafeRawBufferPointer, isClient: Bool) {
        var reader = Reader(contents)
        switch type {
        case Extension.serverName where isClient:
            // The only type of name that there is: a host's.
            guard reader.number(2) != nil, reader.number(1) == 0, let name = reader.vector(2), !name.isEmpty else {
                return
            }
            serverName = name
        case Extension.protocols:
            protocols = reader.vector(2)
        case Extension.supportedVersions:
            guard isClient else {
                if let chosen = reader.number(2) { version = UInt16(chosen) }
                return
            }
            guard let offered = reader.vector(1) else { return }
            var versions = Reader(offered)
            while let next = versions.number(2) {
                // Other values are there to keep servers from choking on what they do not know (RFC 8701).
                if next >> 8 == 3, next <= 0x0304 { version = max(version, UInt16(next)) }
            }
        default: break
        }
    }

    /// Reads numbers and vectors behind their lengths.
    private struct Reader {
        private var rest: UnsafeRawBufferPointer

        init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

        mutating func number(_ size: Int) -> Int? {
            guard let bytes = bytes(size) else { return nil }
            return bytes.reduce(0) { $0 << 8 | Int($1) }
        }

        mutating func vector(_ size: Int) -> UnsafeRawBufferPointer? { number(size).flatMap { bytes($0) } }

        mutating func bytes(_ count: Int) -> UnsafeRawBufferPointer? {
            guard count <= rest.count else { return nil }
            defer { rest = UnsafeRawBufferPointer(rebasing: rest[count...]) }
            return UnsafeRawBufferPointer(rebasing: rest[..<count])
        }
    }
}
