/// Names whose values are secrets: of query parameters, headers and columns. In any case, with or without the hyphens,
/// underscores and dots in them.
enum SecretNames {
    /// Most bytes of a name that are looked at.
    private static let longest = 128

    /// Names that are those of secrets as a whole: too short to be looked for within others.
    private static let whole = [
        "sig", "code", "key", "auth", "pin", "otp", "jwt", "sid", "pass", "assertion", "samlresponse", "bearer",
    ]
    /// What makes a name that of a secret wherever it stands. `awsaccesskeyid`, `xgoogsignature` and their like, of the
    /// semantic conventions, are among those.
    private static let parts = [
        "token", "secret", "passw", "pwd", "passphrase", "passcode", "apikey", "accesskey", "privatekey", "signature",
        "credential", "authorization", "cookie", "session", "csrf", "xsrf", "clientassertion", "codeverifier",
    ]
    private static let all = (whole: whole.map { Array($0.utf8) }, parts: parts.map { Array($0.utf8) })

    /// Whether a name is a secret's; percent-encoding is seen through.
    ///
    /// - Parameter isWord: Whether it may as well be a word of a language, so that short ones say nothing.
    static func contains(_ name: UnsafeRawBufferPointer, isWord: Bool = false) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: longest, alignment: 1) { plain in
            var count = 0
            var index = 0
            while index < name.count, count < longest {
                var byte = name[index]
                index += 1
                if byte == UInt8(ascii: "%"), let decoded = hexadecimal(name[index...].prefix(2)) {
                    byte = decoded
                    index += 2
                }
                switch byte {
                case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): continue
                default:
                    plain[count] = byte &- 0x41 < 26 ? byte | 0x20 : byte
                    count += 1
                }
            }
            let text = UnsafeRawBufferPointer(rebasing: plain[..<count])
            if !isWord, all.whole.contains(where: { text.elementsEqual($0) }) { return true }
            return all.parts.contains { isIn(text, $0) }
        }
    }

    private static func isIn(_ text: UnsafeRawBufferPointer, _ part: [UInt8]) -> Bool {
        guard text.count >= part.count else { return false }
        return (0...text.count - part.count).contains { text[$0...].starts(with: part) }
    }

    private static func hexadecimal(_ digits: Slice<UnsafeRawBufferPointer>) -> UInt8? {
        guard digits.count == 2 else { return nil }
        var value: UInt8 = 0
        for digit in digits {
            switch digit {
            case 0x30...0x39: value = value << 4 | (digit - 0x30)
            case 0x41...0x46, 0x61...0x66: value = value << 4 | ((digit | 0x20) - 0x57)
            default: return nil
            }
        }
        return value
    }
}
