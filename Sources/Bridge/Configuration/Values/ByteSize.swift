/// Byte sizes as people write them.
enum ByteSize {
    private static let units: [(name: String, bytes: UInt64)] = [
        ("b", 1), ("kib", 1 << 10), ("mib", 1 << 20), ("gib", 1 << 30), ("kb", 1_000), ("mb", 1_000_000),
        ("gb", 1_000_000_000),
    ]

    /// Bytes of `8MiB`, `8 MiB`, `1GB`, `4096`; nil for anything else, a fraction of a byte included.
    static func parse(_ text: String) -> UInt64? {
        let digits = text.prefix { $0.isASCII && $0.isWholeNumber }
        guard let number = UInt64(digits) else { return nil }
        let unit = text[digits.endIndex...].drop { $0 == " " }.lowercased()
        guard let factor = unit.isEmpty ? 1 : units.first(where: { $0.name == unit })?.bytes else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow ? nil : bytes
    }

    /// The shortest text with a binary unit that reads back as the same.
    static func format(_ bytes: UInt64) -> String {
        for (name, size) in [("GiB", UInt64(1) << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
        where bytes > 0 && bytes.isMultiple(of: size) {
            return "\(bytes / size)\(name)"
        }
        return String(bytes)
    }
}
