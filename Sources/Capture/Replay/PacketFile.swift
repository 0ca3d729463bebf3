internal import Glibc

/// A capture file of either format, read packet by packet.
///
/// A class because it owns the file and lives in arrays; used by one thread.
final class PacketFile {
    private enum Format {
        case pcap(PcapFormat)
        case pcapng(PcapngFormat)
    }

    /// What was read last, borrowed until the next ``advance()``; nil at the end, and before the first.
    private(set) var packet: Packet?
    /// Where it was named.
    let path: String

    private let file: FileBytes
    private var format: Format
    private var warned: [String] = []

    /// Opens a file and reads its header.
    init(path: String) throws(CaptureError) {
        self.path = path
        file = try FileBytes(path: path)
        guard file.want(4) else {
            if file.failure != 0 { throw CaptureError("\(file.name): \(String(cString: strerror(file.failure)))") }
            throw CaptureError(
                file.bytes.isEmpty
                    ? "\(file.name): empty; expected a packet capture (pcap or pcapng)"
                    : "\(file.name): not a packet capture (neither pcap nor pcapng)")
        }
        let magic = file.bytes.number(0, swapped: false, as: UInt32.self)
        if PcapFormat.recognises(magic) {
            format = .pcap(try PcapFormat(file))
        } else if PcapngFormat.recognises(magic) {
            format = .pcapng(PcapngFormat())
        } else if file.bytes.big16(0) == 0x1F8B || file.bytes.big32(0) == 0x28B5_2FFD {
            throw CaptureError("\(file.name): compressed; unpack it first (gzip -d, zstd -d)")
        } else {
            throw CaptureError("\(file.name): not a packet capture (neither pcap nor pcapng)")
        }
    }

    /// Whether it cannot be opened a second time.
    var isStream: Bool { file.isStream }

    /// Whether the next ``advance()`` need not wait, after waiting at most so many milliseconds.
    func isReady(milliseconds: Int32) -> Bool { file.isReady(milliseconds: milliseconds) }

    /// Reads the next packet. A damaged file ends at the damage, with a warning.
    func advance() throws(CaptureError) {
        packet = nil
        do throws(CaptureDamage) {
            switch format {
            case .pcap(var pcap):
                defer { format = .pcap(pcap) }
                packet = try pcap.next(file)
            case .pcapng(var pcapng):
                // Taken out while it is changed, so that its arrays are not copied.
                format = .pcapng(PcapngFormat())
                defer { format = .pcapng(pcapng) }
                packet = try pcapng.next(file)
            }
            if packet == nil, file.failure != 0 { throw .cut }
        } catch {
            warned.append(warning(of: error))
        }
        if packet == nil, case .pcapng(let pcapng) = format, !pcapng.unsupported.isEmpty {
            let numbers = pcapng.unsupported.sorted()
            guard pcapng.readable > 0 else { throw CaptureError("\(file.name): \(LinkLayer.unsupported(numbers[0]))") }
            warned += numbers.map { "\(file.name): packets left out: \(LinkLayer.unsupported($0))" }
        }
    }

    /// The interface addresses that the file named since this was last called.
    func takeAddresses() -> [Endpoint] {
        guard case .pcapng(var pcapng) = format, !pcapng.addresses.isEmpty else { return [] }
        let addresses = pcapng.addresses
        pcapng.addresses.removeAll()
        format = .pcapng(pcapng)
        return addresses
    }

    /// What was wrong with it, one line each, since this was last called.
    func takeWarnings() -> [String] {
        let warnings = warned
        warned.removeAll()
        return warnings
    }

    private func warning(of damage: CaptureDamage) -> String {
        let place = "at byte \(file.position)"
        switch damage {
        case .cut where file.failure != 0:
            return "\(file.name): \(String(cString: strerror(file.failure))) \(place); what came before it is used"
        case .cut: return "\(file.name): cut in the middle of a record \(place); what came before it is used"
        case .impossible(let what): return "\(file.name): damaged \(place) (\(what)); what came before it is used"
        }
    }
}
