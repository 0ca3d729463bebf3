/// An interface as a pcapng file describes it: what its packets look like and how its clock counts.
struct PcapngInterface {
    /// The number of its link type, whether that can be read or not.
    var linkNumber: UInt16
    /// Most bytes captured of a packet; 0 for no limit.
    var snapLength: UInt32
    /// if_tsresol: units in a second, as a power of ten or, with the highest bit set, of two.
    var resolution: UInt8 = 6
    /// if_tsoffset: seconds to add to every time.
    var offset: Int64 = 0

    /// A packet's time as ns since 1970, held between 0 and what an Int64 counts (the year 2262).
    func time(_ units: UInt64) -> UInt64 {
        let since = PcapngInterface.nanoseconds(units, resolution: resolution)
        let (shift, tooFar) = offset.multipliedReportingOverflow(by: 1_000_000_000)
        if tooFar { return offset < 0 ? 0 : UInt64(Int64.max) }
        let (sum, overflow) = Int64(since).addingReportingOverflow(shift)
        return overflow ? UInt64(Int64.max) : UInt64(max(sum, 0))
    }

    /// Units as ns, at most what an Int64 counts.
    private static func nanoseconds(_ units: UInt64, resolution: UInt8) -> UInt64 {
        let exponent = Int(resolution & 0x7F)
        let limit = UInt64(Int64.max)
        if resolution & 0x80 != 0 {
            guard exponent < 64 else { return 0 }
            let product = units.multipliedFullWidth(by: 1_000_000_000)
            let divisor = UInt64(1) << UInt64(exponent)
            guard product.high < divisor else { return limit }
            return min(divisor.dividingFullWidth(product).quotient, limit)
        }
        guard exponent > 9 else {
            let (product, overflow) = units.multipliedReportingOverflow(by: power(9 - exponent))
            return overflow ? limit : min(product, limit)
        }
        return exponent > 28 ? 0 : min(units / power(exponent - 9), limit)
    }

    /// A power of ten, 0...19.
    private static func power(_ exponent: Int) -> UInt64 {
        (0..<exponent).reduce(UInt64(1)) { value, _ in value * 10 }
    }
}
