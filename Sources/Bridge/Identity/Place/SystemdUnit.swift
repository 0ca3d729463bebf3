/// Names of systemd's services, as cgroups have them.
enum SystemdUnit {
    /// Services under which people and schedulers start what is not theirs, and transient ones, whose names mean nothing.
    private static let strangers = ["ssh", "sshd", "cron", "crond", "atd", "anacron", "dbus", "console-getty"]
    private static let strangePrefixes = [
        "user@", "getty@", "serial-getty@", "ssh@", "sshd@", "run-", "container-getty@", "systemd-nspawn@", "session-",
    ]

    /// The name of a service that names what runs in it: `nginx.service` is `nginx`; nil for `user@1000.service`.
    static func name(of part: String) -> String? {
        guard part.hasSuffix(".service") else { return nil }
        let name = unescape(String(part.dropLast(8)))
        guard !name.isEmpty, !strangers.contains(name), !strangePrefixes.contains(where: name.hasPrefix) else {
            return nil
        }
        return name
    }

    /// Undoes `\xXX` (systemd.unit(5), "String Escaping for Inclusion in Unit Names"); what is none stays.
    static func unescape(_ name: String) -> String {
        guard name.contains("\\") else { return name }
        var bytes: [UInt8] = []
        var rest = Array(name.utf8)[...]
        while let byte = rest.first {
            if rest.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "x")]), rest.count >= 4,
                let value = UInt8(String(decoding: rest.dropFirst(2).prefix(2), as: UTF8.self), radix: 16),
                value >= 0x20
            {
                bytes.append(value)
                rest = rest.dropFirst(4)
            } else {
                bytes.append(byte)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
