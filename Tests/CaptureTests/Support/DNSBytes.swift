/// DNS messages.
struct DNSBytes {
    var message: [UInt8]

    /// The message behind its length, as over TCP.
    var framed: [UInt8] { DNSBytes.big16(message.count) + message }

    static func query(
        _ id: Int, _ name: String, type: Int = 1, opcode: Int = 0, options: Bool = false
    ) -> DNSBytes {
        var bytes = big16(id) + big16(opcode << 11 | (opcode == 0 ? 0x0100 : 0))
        bytes += big16(1) + big16(0) + big16(0) + big16(options ? 1 : 0) + DNSBytes.name(name) + big16(type) + big16(1)
        if options { bytes += edns(extended: 0) }
        return DNSBytes(message: bytes)
    }

    /// - Parameters:
    ///   - code: the header's.
    ///   - options: the upper bits of the code that EDNS has.
    ///   - records: types of the answers' records.
    static func answer(
        _ id: Int, _ name: String, type: Int = 1, code: Int = 0, opcode: Int = 0, addresses: Int = 0,
        options: Int? = nil, records: [Int] = []
    ) -> DNSBytes {
        let records = records + [Int](repeating: 1, count: addresses)
        var bytes = big16(id) + big16(0x8180 | opcode << 11 | code)
        bytes += big16(1) + big16(records.count) + big16(0) + big16(options == nil ? 0 : 1)
        bytes += DNSBytes.name(name) + big16(type) + big16(1)
        for type in records {
            bytes += [0xC0, 12] + big16(type) + big16(1) + [0, 0, 0, 60] + big16(4) + [10, 0, 0, 1]
        }
        if let options { bytes += edns(extended: options) }
        return DNSBytes(message: bytes)
    }

    /// A name in labels.
    static func name(_ name: String) -> [UInt8] {
        name.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }

    private static func edns(extended: Int) -> [UInt8] {
        [0] + big16(41) + big16(1232) + [UInt8(extended), 0, 0, 0] + big16(0)
    }

    static func big16(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF)] }
}
