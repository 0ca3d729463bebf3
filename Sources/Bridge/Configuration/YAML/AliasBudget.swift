/// Bounds what anchors and aliases (`&a`, `*a`) of a YAML text can unfold to, before anything unfolds them.
///
/// A few lines of aliases of aliases stand for more nodes than any memory holds, and a parser that compares keys walks
/// all of them. The bound is computed from the text alone in one pass: between two anchors, n aliases can make what came
/// before at most n + 1 times as large. It never is too low; comments and block texts that look like aliases can make it
/// too high, which no real configuration comes near.
enum AliasBudget {
    /// Most bytes that a text may stand for.
    static let maximumBytes: UInt64 = 64 << 20

    /// Whether a text could unfold to more than ``maximumBytes``.
    static func isExceeded(by text: String) -> Bool {
        var growth: UInt64 = 1
        var aliases: UInt64 = 0
        var previous = UInt8(ascii: "\n")
        let size = UInt64(text.utf8.count)
        func isExceeded() -> Bool {
            let (product, overflow) = growth.multipliedReportingOverflow(by: aliases &+ 1)
            growth = overflow ? .max : product
            aliases = 0
            let (unfolded, isBeyond) = growth.multipliedReportingOverflow(by: size)
            return growth > 1 && (isBeyond || unfolded > maximumBytes)
        }
        for byte in text.utf8 {
            if startsToken(after: previous) {
                if byte == UInt8(ascii: "*") { aliases &+= 1 }
                if byte == UInt8(ascii: "&"), isExceeded() { return true }
            }
            previous = byte
        }
        return isExceeded()
    }

    private static func startsToken(after byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "["),
            UInt8(ascii: "{"), UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "?"):
            true
        default: false
        }
    }
}
