/// The pcap format: one header, then packets, each with a header of its own.
///
/// Source: https://ietf-opsawg-wg.github.io/draft-ietf-opsawg-pcap/draft-ietf-opsawg-pcap.html
struct PcapFormat {
    /// Longest packet that is believed; libpcap itself refuses more than a quarter of a megabyte.
    static let maximumPacket: UInt32 = 16 << 20

    private let isSwapped: Bool
    /// ns in a unit of the packets' fraction of a second.
    private let unit: UInt64
    /// What the packets' first header is.
    let link: LinkLayer
    private var unread = 0

    /// Whether a file that begins so is pcap.
    static func recognises(_ magic: UInt32) -> Bool {
        [magic, magic.byteSwapped].contains { $0 == 0xA1B2_C3D4 || $0 == 0xA1B2_3C4D }
    }

    /// Reads the file's header, which ``recognises(_:)`` its magic.
    init(_ file: FileBytes) throws(CaptureError) {
        guard file.want(24) else { throw CaptureError("\(file.name): cut in its first header; nothing can be read") }
        let magic = file.bytes.number(0, swapped: false, as: UInt32.self)
        isSwapped = magic.byteSwapped == 0xA1B2_C3D4 || magic.byteSwapped == 0xA1B2_3C4D
        unit = (isSwapped ? magic.byteSwapped : magic) == 0xA1B2_3C4D ? 1 : 1000
        let version: UInt16 = file.bytes.number(4, swapped: isSwapped)
        guard version == 2 else {
            throw CaptureError(
                "\(file.name): pcap version \(version) is not supported; write it anew with tcpdump -r -w")
        }
        // The upper half says whether frames end in a check sequence, which the IP header's length makes us leave out.
        let number = UInt16(truncatingIfNeeded: file.bytes.number(20, swapped: isSwapped, as: UInt32.self))
        guard let link = LinkLayer(number: number) else {
            throw CaptureError("\(file.name): \(LinkLayer.unsupported(number))")
        }
        self.link = link
        _ = file.skip(24)
    }

    /// The next packet, borrowed from the file's buffer until the next call; nil at the end.
    mutating func next(_ file: FileBytes) throws(CaptureDamage) -> Packet? {
        guard file.skip(unread) else { throw .cut }
        unread = 0
        guard file.want(16) else {
            if file.bytes.isEmpty { return nil }
            throw .cut
        }
        let seconds: UInt32 = file.bytes.number(0, swapped: isSwapped)
        let fraction: UInt32 = file.bytes.number(4, swapped: isSwapped)
        let captured: UInt32 = file.bytes.number(8, swapped: isSwapped)
        let length: UInt32 = file.bytes.number(12, swapped: isSwapped)
        guard captured <= PcapFormat.maximumPacket else { throw .impossible("a packet of \(captured) bytes") }
        unread = 16 + Int(captured)
        let used = min(unread, FileBytes.maximumRun)
        guard file.want(used) else { throw .cut }
        return Packet(
            time: UInt64(seconds) * 1_000_000_000 + UInt64(fraction) * unit, link: link,
            bytes: UnsafeRawBufferPointer(rebasing: file.bytes[16..<used]), length: Int(length))
    }
}
