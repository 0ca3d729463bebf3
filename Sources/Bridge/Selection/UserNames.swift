/// Users by name, from a file of the shape of /etc/passwd (passwd(5)). No other source is asked: a name service may be far
/// away, and may be what is observed.
struct UserNames: Sendable {
    private var numbers: [String: UInt32] = [:]

    /// From the agent's own /etc/passwd, at most 1 MiB of it.
    static var own: UserNames { UserNames(ProcFS.read("/etc/passwd", limit: 1 << 20) ?? []) }

    init(_ file: [UInt8]) {
        for line in file.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
            guard fields.count == 4, let number = UInt32(String(decoding: fields[2], as: UTF8.self)) else { continue }
            let name = String(decoding: fields[0], as: UTF8.self)
            // The first one of a name holds.
            if numbers[name] == nil { numbers[name] = number }
        }
    }

    /// The number of a user that is written as a number or a name; nil when there is none of that name.
    func number(of user: String) -> UInt32? { UInt32(user) ?? numbers[user] }
}
