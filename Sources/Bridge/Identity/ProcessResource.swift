internal import Capture
internal import Glibc
internal import OTLP

/// Builds the resource of a process from what /proc tells of it.
struct ProcessResource: Sendable {
    private let host: [(key: String, value: ResourceValue)]
    /// A number of this boot of this host: instance ids are unique across both.
    private let bootSeed: UInt64
    private let ticksPerSecond: UInt64

    init() {
        var system = utsname()
        uname(&system)
        let machine = ProcessResource.text(&system.machine)
        let architecture = ["x86_64": "amd64", "aarch64": "arm64"][machine] ?? machine
        host = [
            ("host.name", .string(ProcessResource.text(&system.nodename))),
            ("host.arch", .string(architecture)), ("os.type", .string("linux")),
        ]
        var hash = Mixer(seed: 0x424F_4F54)  // "BOOT"
        for byte in ProcFS.read("/proc/sys/kernel/random/boot_id") ?? [] { hash.absorb(UInt64(byte)) }
        bootSeed = hash.finish().0
        ticksPerSecond = UInt64(max(1, sysconf(Int32(_SC_CLK_TCK))))
    }

    /// Everything that can be found out. What is gone, or not ours to read, is left out.
    func resolve(_ process: ProcessIdentity) -> ResourceData {
        guard process.namespacePID != 0, isSame(process) else { return fallback(process) }
        let folder = "/proc/\(process.namespacePID)"
        let arguments = ProcFS.list(folder + "/cmdline") ?? []
        let executable = ProcFS.link(folder + "/exe")
        let declared = DeclaredAttributes(environment: ProcFS.list(folder + "/environ") ?? [])
        // Looked at again: between the reads it may have ended, and its number gone to another.
        guard isSame(process) else { return fallback(process) }
        let command = process.commandText
        let name =
            declared.serviceName
            ?? ServiceName.guess(arguments: arguments, executable: executable, command: command)
        var attributes = base(process, name: name)
        if let executable {
            attributes.append(("process.executable.path", .string(executable)))
            attributes.append(
                ("process.executable.name", .string(String(executable.split(separator: "/").last ?? ""))))
        }
        if let cgroup = ProcFS.read(folder + "/cgroup"), let container = ContainerID.find(in: cgroup) {
            attributes.append(("container.id", .string(container)))
        }
        for (key, value) in declared.attributes where !attributes.contains(where: { $0.key == key }) {
            attributes.append((key, .string(value)))
        }
        return ResourceData(attributes: attributes)
    }

    /// What the records alone tell.
    func fallback(_ process: ProcessIdentity) -> ResourceData {
        let command = process.commandText
        return ResourceData(attributes: base(process, name: command.isEmpty ? "unknown_service" : command))
    }

    private func base(_ process: ProcessIdentity, name: String) -> [(key: String, value: ResourceValue)] {
        let pid = process.namespacePID != 0 ? process.namespacePID : process.key.pid
        return [
            ("service.name", .string(name)), ("service.instance.id", .string(instanceID(process.key))),
            ("process.pid", .int(Int64(pid))), ("process.command", .string(process.commandText)),
        ] + host + Agent.sdkAttributes
    }

    /// Whether the number still belongs to the process that was recorded: its start, which the kernel rounds down to a
    /// tick for `stat`, is the recorded one.
    private func isSame(_ process: ProcessIdentity) -> Bool {
        guard let ticks = ProcFS.startTicks(process.namespacePID) else { return false }
        let tick = 1_000_000_000 / ticksPerSecond
        let recorded = process.key.start / tick
        return recorded >= ticks ? recorded - ticks <= 1 : ticks - recorded <= 1
    }

    /// A UUID of version 8 (RFC 9562), equal for equal process.
    private func instanceID(_ key: ProcessKey) -> String {
        var hash = Mixer(seed: bootSeed)
        hash.absorb(UInt64(key.pid))
        hash.absorb(key.start)
        var (high, low) = hash.finish()
        high = high & ~0xF000 | 0x8000
        low = low & ~(0b11 << 62) | 0b10 << 62
        let digits = hexadecimal(high) + hexadecimal(low)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return text
    }

    private func hexadecimal(_ word: UInt64) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func text<T>(_ field: inout T) -> String {
        withUnsafeBytes(of: &field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

extension ProcessIdentity {
    /// The thread's name as text.
    var commandText: String {
        withUnsafeBytes(of: command) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

/// Container ids in `/proc/PID/cgroup`: 64 hexadecimal digits, which all runtimes put into the path.
enum ContainerID {
    static func find(in cgroup: [UInt8]) -> String? {
        var run = 0
        for (index, byte) in cgroup.enumerated() {
            let isDigit = (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
            run = isDigit ? run + 1 : 0
            let ends = index + 1 == cgroup.count || !cgroup[index + 1].isHexadecimal
            if run == 64, ends { return String(decoding: cgroup[(index - 63)...index], as: UTF8.self) }
        }
        return nil
    }
}

extension UInt8 {
    fileprivate var isHexadecimal: Bool { (0x30...0x39).contains(self) || (0x61...0x66).contains(self) }
}
