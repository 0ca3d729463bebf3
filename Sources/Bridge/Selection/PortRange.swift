/// Ports of TCP, both ends included.
struct PortRange: Sendable, Equatable {
    let ports: ClosedRange<UInt16>

    /// `80`, or `8000-8010`; nil when it is neither.
    init?(_ text: String) {
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map(HeaderList.trim)
        let numbers = parts.compactMap { part in
            part.utf8.allSatisfy { (0x30...0x39).contains($0) } ? UInt16(part) : nil
        }
        guard numbers.count == parts.count, let low = numbers.first, let high = numbers.last, low > 0, low <= high
        else {
            return nil
        }
        ports = low...high
    }

    /// As it is written.
    var text: String {
        ports.count == 1 ? String(ports.lowerBound) : "\(ports.lowerBound)-\(ports.upperBound)"
    }
}

extension ConfigurationValueType<PortRange> {
    /// A port or a range of them.
    static var portRange: Self {
        .init(name: "port or range", expectation: "a port of 1 to 65535, or a range such as 8000-8010") {
            PortRange($0)
        } format: {
            $0.text
        }
    }
}
