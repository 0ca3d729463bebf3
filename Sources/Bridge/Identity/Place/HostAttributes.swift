internal import Glibc
internal import OTLP

/// `host.*` and `os.*`: the same for every process of the host.
///
/// In a container with the host's pid namespace they are the host's all the same, by the files of its first process.
enum HostAttributes {
    /// Found out once, at start.
    static func read() -> [(key: String, value: ResourceValue)] {
        var system = utsname()
        uname(&system)
        let machine = text(&system.machine)
        var attributes: [(key: String, value: ResourceValue)] = [
            ("host.name", .string(name(text(&system.nodename)))),
            ("host.arch", .string(["x86_64": "amd64", "aarch64": "arm64"][machine] ?? machine)),
            ("os.type", .string("linux")),
        ]
        let id = first(["/etc/machine-id", "/var/lib/dbus/machine-id"]) { machineID($0) }
        if let id { attributes.append(("host.id", .string(id))) }
        let release = first(["/etc/os-release", "/usr/lib/os-release"]) { OSRelease($0) }
        if let description = release?.description { attributes.append(("os.description", .string(description))) }
        if let name = release?.name { attributes.append(("os.name", .string(name))) }
        if let version = release?.version { attributes.append(("os.version", .string(version))) }
        return attributes
    }

    /// The host's name: ours, unless the first process has another and a file that says it.
    private static func name(_ own: String) -> String {
        guard ProcFS.link("/proc/1/ns/uts") != ProcFS.link("/proc/self/ns/uts"),
            let file = ProcFS.read("/proc/1/root/etc/hostname", limit: 256)
        else { return own }
        let name = String(decoding: file.prefix { $0 > 0x20 && $0 < 0x7F }, as: UTF8.self)
        return name.isEmpty ? own : name
    }

    /// 32 hexadecimal digits (machine-id(5)); nil for anything else, such as `uninitialized`.
    static func machineID(_ file: [UInt8]) -> String? {
        let digits = file.prefix { CgroupPlace.isDigit($0) }
        return digits.count == 32 ? String(decoding: digits, as: UTF8.self) : nil
    }

    /// The first that can be made of files, those of the host's first process before our own.
    private static func first<Value>(_ paths: [String], _ make: ([UInt8]) -> Value?) -> Value? {
        for root in ["/proc/1/root", ""] {
            for path in paths {
                if let value = ProcFS.read(root + path, limit: 16_384).flatMap(make) { return value }
            }
        }
        return nil
    }

    private static func text<T>(_ field: inout T) -> String {
        withUnsafeBytes(of: &field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

/// What `/etc/os-release` says (os-release(5)).
struct OSRelease: Equatable {
    /// `PRETTY_NAME`.
    var description: String?
    /// `NAME`.
    var name: String?
    /// `VERSION_ID`.
    var version: String?

    /// Reads the file; nil when it says nothing.
    init?(_ file: [UInt8]) {
        for line in file.split(separator: UInt8(ascii: "\n")) {
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
            var value = line[(equals + 1)...]
            if let quote = value.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"), value.last == quote,
                value.count > 1
            {
                value = value.dropFirst().dropLast()
            }
            let text = value.isEmpty ? nil : String(decoding: value, as: UTF8.self)
            switch String(decoding: line[..<equals], as: UTF8.self) {
            case "PRETTY_NAME": description = text
            case "NAME": name = text
            case "VERSION_ID": version = text
            default: break
            }
        }
        if description == nil, name == nil, version == nil { return nil }
    }
}
