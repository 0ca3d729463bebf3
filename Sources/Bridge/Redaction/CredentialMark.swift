/// What the credentials of one kind begin with, and what they are made of. Kinds that are hard to mistake for anything else
/// are here, and no others: ids that people search for must stay.
struct CredentialMark: Sendable {
    /// What bytes may follow.
    enum Alphabet {
        /// Letters and digits.
        case alphanumeric
        /// Letters, digits, `-` and `_`.
        case base64URL
        /// Those and dots: a JSON Web Token (RFC 7519), which has one at least.
        case dotted
        /// Upper-case letters and digits.
        case upper
        /// A token of the Authorization header (RFC 9110, 11.2), behind white space, `%20` or `+`.
        case authorization

        func has(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x30...0x39, 0x41...0x5A: true
            case 0x61...0x7A: self != .upper
            case UInt8(ascii: "-"), UInt8(ascii: "_"): self != .upper && self != .alphanumeric
            case UInt8(ascii: "."): self == .dotted || self == .authorization
            case UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): self == .authorization
            default: false
            }
        }
    }

    /// What it begins with. Of ``Alphabet/authorization``, in any case of letters.
    let text: StaticString
    /// Index of the byte of ``text`` by which it is looked for, with the one in front of it: a pair that is seldom elsewhere.
    /// All marks together have at most seven different bytes there.
    let anchor: Int
    /// What follows.
    let alphabet: Alphabet
    /// Least bytes that follow.
    let least: Int
    /// Most bytes that follow: a longer run is something else.
    var most = Int.max

    /// What makes the letters of ``text`` the same in either case, where they are.
    var fold: UInt8 { alphabet == .authorization ? 0x20 : 0 }

    /// All of them.
    static let all: [CredentialMark] = [
        .init(text: "eyJ", anchor: 2, alphabet: .dotted, least: 16),
        .init(text: "Bearer", anchor: 1, alphabet: .authorization, least: 16),
        .init(text: "Basic", anchor: 2, alphabet: .authorization, least: 16),
        // Key ids of AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
        .init(text: "AKIA", anchor: 2, alphabet: .upper, least: 16, most: 16),
        .init(text: "ASIA", anchor: 2, alphabet: .upper, least: 16, most: 16),
        .init(text: "AIza", anchor: 1, alphabet: .base64URL, least: 35, most: 35),
        .init(text: "ghp_", anchor: 3, alphabet: .alphanumeric, least: 30),
        .init(text: "gho_", anchor: 3, alphabet: .alphanumeric, least: 30),
        .init(text: "ghu_", anchor: 3, alphabet: .alphanumeric, least: 30),
        .init(text: "ghs_", anchor: 3, alphabet: .alphanumeric, least: 30),
        .init(text: "ghr_", anchor: 3, alphabet: .alphanumeric, least: 30),
        .init(text: "github_pat_", anchor: 6, alphabet: .base64URL, least: 22),
        .init(text: "npm_", anchor: 3, alphabet: .alphanumeric, least: 30),
        .init(text: "sk_live_", anchor: 2, alphabet: .alphanumeric, least: 16),
        .init(text: "rk_live_", anchor: 2, alphabet: .alphanumeric, least: 16),
        .init(text: "glpat-", anchor: 5, alphabet: .base64URL, least: 20),
        .init(text: "xoxb-", anchor: 4, alphabet: .base64URL, least: 16),
        .init(text: "xoxp-", anchor: 4, alphabet: .base64URL, least: 16),
        .init(text: "xoxa-", anchor: 4, alphabet: .base64URL, least: 16),
        .init(text: "xoxs-", anchor: 4, alphabet: .base64URL, least: 16),
        .init(text: "sk-ant-", anchor: 2, alphabet: .base64URL, least: 20),
        .init(text: "sk-proj-", anchor: 2, alphabet: .base64URL, least: 20),
    ]
}
