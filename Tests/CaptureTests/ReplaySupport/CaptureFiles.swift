import Foundation

/// Writes numbers in either byte order.
struct TestBytes {
    var isBig = false
    var bytes: [UInt8] = []

    mutating func put(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: isBig ? value.bigEndian : value.littleEndian) { bytes += $0 }
    }
    mutating func pad() { while bytes.count % 4 != 0 { bytes.append(0) } }
}

/// A pcap file in memory.
struct TestPcap {
    private(set) var file: TestBytes
    private let isNano: Bool

    init(link: UInt32, bigEndian: Bool = false, nano: Bool = false, snap: UInt32 = 262_144) {
        file = TestBytes(isBig: bigEndian)
        isNano = nano
        file.put(nano ? UInt32(0xA1B2_3C4D) : UInt32(0xA1B2_C3D4))
        file.put(UInt16(2))
        file.put(UInt16(4))
        file.put(UInt64(0))
        file.put(snap)
        file.put(link)
    }

    /// Adds a packet, of which the file has its first `captured` bytes.
    mutating func add(_ frame: [UInt8], at time: UInt64, captured: Int = .max, length: UInt32? = nil) {
        let kept = frame.prefix(captured)
        file.put(UInt32(time / 1_000_000_000))
        file.put(UInt32(time % 1_000_000_000 / (isNano ? 1 : 1000)))
        file.put(UInt32(kept.count))
        file.put(length ?? UInt32(frame.count))
        file.bytes += kept
    }
    var bytes: [UInt8] { file.bytes }
}

/// A pcapng file in memory.
struct TestPcapng {
    private(set) var file: TestBytes
    var bytes: [UInt8] { file.bytes }

    init(bigEndian: Bool = false) {
        file = TestBytes(isBig: bigEndian)
        section()
    }

    /// Begins a section, perhaps in another byte order.
    mutating func section(bigEndian: Bool? = nil) {
        file.isBig = bigEndian ?? file.isBig
        block(0x0A0D_0D0A) {
            $0.put(UInt32(0x1A2B_3C4D))
            $0.put(UInt16(1))
            $0.put(UInt16(0))
            $0.put(Int64(-1))
        }
    }
    mutating func interface(link: UInt16, snap: UInt32 = 0, options: [(UInt16, [UInt8])] = []) {
        block(1) { body in
            body.put(link)
            body.put(UInt16(0))
            body.put(snap)
            for (code, value) in options + (options.isEmpty ? [] : [(0, [])]) {
                body.put(code)
                body.put(UInt16(value.count))
                body.bytes += value
                body.pad()
            }
        }
    }
    /// A number as an option has it: in the section's byte order.
    func option(_ value: some FixedWidthInteger) -> [UInt8] {
        var body = TestBytes(isBig: file.isBig)
        body.put(value)
        return body.bytes
    }
    mutating func enhanced(_ frame: [UInt8], units: UInt64, interface: UInt32 = 0, captured: Int = .max) {
        block(6) {
            $0.put(interface)
            $0.put(UInt32(units >> 32))
            $0.put(UInt32(truncatingIfNeeded: units))
            $0.put(UInt32(frame.prefix(captured).count))
            $0.put(UInt32(frame.count))
            $0.bytes += frame.prefix(captured)
        }
    }
    mutating func old(_ frame: [UInt8], units: UInt64, interface: UInt16 = 0) {
        block(2) {
            $0.put(interface)
            $0.put(UInt16(0))
            $0.put(UInt32(units >> 32))
            $0.put(UInt32(truncatingIfNeeded: units))
            $0.put(UInt32(frame.count))
            $0.put(UInt32(frame.count))
            $0.bytes += frame
        }
    }
    mutating func simple(_ frame: [UInt8], captured: Int = .max) {
        block(3) {
            $0.put(UInt32(frame.count))
            $0.bytes += frame.prefix(captured)
        }
    }
    mutating func block(_ type: UInt32, _ write: (inout TestBytes) -> Void) {
        var body = TestBytes(isBig: file.isBig)
        write(&body)
        body.pad()
        file.put(type)
        file.put(UInt32(body.bytes.count + 12))
        file.bytes += body.bytes
        file.put(UInt32(body.bytes.count + 12))
    }
}

/// A file with these bytes, for the time of a call.
func withFile<R>(_ bytes: [UInt8], _ name: String = "test.pcap", _ body: (String) throws -> R) throws -> R {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent(name).path
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return try body(path)
}
