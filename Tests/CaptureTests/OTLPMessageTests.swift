import Testing

@testable import Capture

/// What calls carry of which no name is known.
@Suite struct OTLPMessageTests {
    /// A field with number 1, as protobuf writes it.
    private static func field(_ content: [UInt8], number: UInt8 = 1) -> [UInt8] {
        var length: [UInt8] = []
        var rest = content.count
        repeat {
            length.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
            rest >>= 7
        } while rest > 0
        return [number << 3 | 2] + length + content
    }

    /// What a trace, metrics or logs exporter sends, with so many bytes of something behind its resource.
    static func export(_ key: String = "service.name", spans: Int = 40) -> [UInt8] {
        let attribute = field(Array(key.utf8)) + field(field(Array("shop".utf8)), number: 2)
        let resource = field(attribute) + field(attribute)
        return HTTP2Bytes.message(field(field(resource) + field([UInt8](repeating: 7, count: spans), number: 2)))
    }

    private func begins(_ bytes: some Collection<UInt8>) -> Bool {
        Array(bytes).withUnsafeBytes { OTLPMessage.begins($0) }
    }

    @Test(arguments: [0, 1, 40, 200, 5000, 100_000]) func anExportIsKnownByItsFirstBytes(_ spans: Int) {
        let message = Self.export(spans: spans)
        #expect(begins(message))
        for count in 0..<OTLPMessage.shortest { #expect(!begins(message.prefix(count))) }
        for count in OTLPMessage.shortest..<min(message.count, 64) {
            #expect(begins(message.prefix(count)), "\(count)")
        }
    }

    @Test func whatIsBuiltOtherwiseIsNot() {
        #expect(!begins(Self.export("")))
        #expect(!begins(Self.export("name")))
        #expect(!begins(Self.export("Service.Name")))
        #expect(!begins(Self.export("service name.of")))
        var message = Self.export()
        message[0] = 1  // Compressed.
        #expect(!begins(message))
        for place in 5..<12 {
            var message = Self.export()
            message[place] ^= 0x80
            #expect(!begins(message), "\(place)")
        }
        message = Self.export()
        message[4] = 3  // Shorter than what is in it.
        #expect(!begins(message))
        #expect(!begins([UInt8](repeating: 0x0A, count: 100)) && !begins([UInt8](repeating: 0xFF, count: 100)))
    }

    @Test func whateverBytesThereAreNothingTraps() {
        let message = Self.export()
        for place in message.indices {
            for value in [UInt8(0), 1, 0x0A, 0x7F, 0x80, 0xFF] {
                var changed = message
                changed[place] = value
                for count in [16, 20, message.count] { _ = begins(changed.prefix(count)) }
            }
        }
    }
}
