internal import CLibBPF
internal import Glibc

/// A running process whose program is looked at: held by a descriptor, so that its number cannot become another's
/// meanwhile.
struct ExaminedProcess: ~Copyable {
    /// Its number in our own pid namespace.
    let number: UInt32
    /// What stands for it.
    let descriptor: CInt

    /// Takes hold of a process; nil when it is gone.
    init?(number: UInt32) {
        let descriptor = interspan_open_process(number)
        guard descriptor >= 0 else { return nil }
        self.number = number
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Its program.
    var program: String { "/proc/\(number)/exe" }

    /// Which file its program is; nil when it cannot be told.
    var programIdentity: (device: UInt64, inode: UInt64)? { NetworkScope.identity(program) }

    /// The files that it has mapped.
    func mappedFiles() -> [MappedFile] { MappedFile.all(in: ExaminedProcess.read("/proc/\(number)/maps")) }

    /// Where we can read a file that it has mapped.
    func path(of file: MappedFile) -> String { "/proc/\(number)/root\(file.path)" }

    /// Bytes of its memory, at most 1 MiB; nil when they cannot be read.
    func memory(at address: UInt64, count: Int) -> [UInt8]? {
        guard let place = Int(exactly: address), (1...1 << 20).contains(count) else { return nil }
        let file = open("/proc/\(number)/mem", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var got = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            got = pread(file, buffer.baseAddress, count, place)
            initialized = max(0, got)
        }
        return got == count ? bytes : nil
    }

    /// The numbers of all processes that we can see.
    static func all() -> [UInt32] { numbers(in: "/proc") }

    private static func numbers(in path: String) -> [UInt32] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var numbers: [UInt32] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let number = UInt32(name) { numbers.append(number) }
        }
        return numbers
    }

    /// The processes that a process has made, by any of its first threads, and that are there (`children`, proc(5): where
    /// the kernel has CONFIG_PROC_CHILDREN, as distributions' kernels do).
    static func children(of number: UInt32) -> [UInt32] {
        numbers(in: "/proc/\(number)/task").prefix(64).flatMap { thread in
            read("/proc/\(number)/task/\(thread)/children", limit: 65_536).split(separator: UInt8(ascii: " "))
                .compactMap { UInt32(String(decoding: $0, as: UTF8.self)) }
        }
    }

    /// A file's bytes, as far as they can be read.
    static func read(_ path: String, limit: Int = MappedFile.maximumList) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return [] }
        defer { close(file) }
        var bytes: [UInt8] = []
        while bytes.count < limit {
            var got = 0
            bytes += [UInt8](unsafeUninitializedCapacity: min(limit, 65_536)) { buffer, count in
                got = Glibc.read(file, buffer.baseAddress, buffer.count)
                count = max(0, got)
            }
            if got <= 0 { break }
        }
        return bytes
    }
}
