import Glibc

/// What may be written to a file descriptor beside plain text.
public enum Terminal {
    /// Colours of the terminal's own palette (ECMA-48, select graphic rendition).
    enum Colour: String {
        case red = "31"
        case green = "32"
        case yellow = "33"
        case dim = "2"
        case bold = "1"
    }

    /// Whether colours are welcome: on a terminal that is not dumb, unless `NO_COLOR` (no-color.org) is set.
    public static func hasColours(_ descriptor: Int32, environment: [String: String]) -> Bool {
        isatty(descriptor) == 1 && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }

    /// A text in a colour, or plain.
    static func paint(_ text: String, _ colour: Colour, if coloured: Bool) -> String {
        coloured ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }
}
