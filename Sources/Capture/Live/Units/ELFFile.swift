internal import Glibc

/// A 64-bit ELF file for this machine, read piece by piece: never mapped, since whoever truncates a mapped file ends its
/// readers. Whatever the file says may be a lie: what does not fit together is not there.
///
/// (System V ABI, chapters 4 and 5.)
struct ELFFile: ~Copyable {
    /// A part of the file that is loaded, or says something to the loader.
    struct Segment {
        /// `PT_LOAD` 1, `PT_INTERP` 3, `PT_TLS` 7.
        var kind: UInt32
        /// 1 to execute, 2 to write, 4 to read.
        var flags: UInt32
        var offset: UInt64
        var address: UInt64
        var fileSize: UInt64
        var memorySize: UInt64
        var alignment: UInt64
    }

    /// A part of the file by name.
    struct Section {
        var name: Int
        /// `SHT_SYMTAB` 2, `SHT_RELA` 4, `SHT_DYNSYM` 11.
        var kind: UInt32
        var offset: UInt64
        var size: UInt64
        /// For symbols, the section of their names.
        var link: Int
    }

    static let load: UInt32 = 1
    static let interpreter: UInt32 = 3
    static let threadStorage: UInt32 = 7
    /// Most bytes that are read at once.
    static let maximumRead = 32 << 20

    private let descriptor: CInt
    /// In the order of the file; at most 64.
    let segments: [Segment]
    /// In the order of the file; at most 512, none where they were stripped.
    let sections: [Section]
    /// Which of them has the sections' names.
    let namesIndex: Int

    /// Opens a file; nil when it is not there, not a regular file, or no such ELF file.
    init?(_ path: String) {
        // Opening a FIFO or a device must neither wait nor take it.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            let header = ELFFile.read(descriptor, at: 0, count: 64),
            header.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]),
            header.word(18, as: UInt16.self) == Machine.elfNumber,
            let segments = ELFFile.segments(descriptor, header)
        else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
        self.segments = segments
        sections = ELFFile.sections(descriptor, header) ?? []
        namesIndex = Int(header.word(62, as: UInt16.self) ?? 0)
    }

    deinit { close(descriptor) }

    /// Bytes of the file; nil when it does not have them all, or they are too many.
    func bytes(at offset: UInt64, count: UInt64) -> [UInt8]? {
        guard count <= ELFFile.maximumRead else { return nil }
        return ELFFile.read(descriptor, at: offset, count: Int(count))
    }

    /// Bytes that the file has for an address, before anything is relocated.
    func bytes(address: UInt64, count: UInt64) -> [UInt8]? {
        let segment = segments.first {
            $0.kind == ELFFile.load && address >= $0.address && address - $0.address < $0.fileSize
                && count <= $0.fileSize - (address - $0.address)
        }
        guard let segment else { return nil }
        return bytes(at: segment.offset &+ (address - segment.address), count: count)
    }

    /// The first segment of a kind.
    func segment(_ kind: UInt32) -> Segment? { segments.first { $0.kind == kind } }

    /// The section of a name.
    func section(_ name: StaticString) -> Section? {
        guard sections.indices.contains(namesIndex), sections[namesIndex].size <= 65_536,
            let names = bytes(at: sections[namesIndex].offset, count: sections[namesIndex].size)
        else { return nil }
        return sections.first { names.hasText(name, at: $0.name) }
    }

    /// How far a file was moved when it was loaded, from where a part of it lies in memory.
    func bias(of mapping: MappedFile) -> UInt64? {
        let page = ~UInt64(SharedMemory.pageSize - 1)
        let segment = segments.first { $0.kind == ELFFile.load && $0.offset & page == mapping.offset }
        return segment.map { mapping.start &- ($0.address & page) }
    }

    private static func read(_ descriptor: CInt, at offset: UInt64, count: Int) -> [UInt8]? {
        guard let offset = Int(exactly: offset), count > 0 else { return nil }
        var total = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while total < count {
                let got = pread(descriptor, buffer.baseAddress.map { $0 + total }, count - total, offset &+ total)
                if got <= 0 { break }
                total += got
            }
            initialized = total
        }
        return total == count ? bytes : nil
    }

    private static func segments(_ descriptor: CInt, _ header: [UInt8]) -> [Segment]? {
        guard let offset = header.word(32, as: UInt64.self), let count = header.word(56, as: UInt16.self),
            header.word(54, as: UInt16.self) == 56, (1...64).contains(count),
            let table = read(descriptor, at: offset, count: Int(count) * 56)
        else { return nil }
        return (0..<Int(count)).map { index in
            let at = index * 56
            return Segment(
                kind: table.word(at) ?? 0, flags: table.word(at + 4) ?? 0, offset: table.word(at + 8) ?? 0,
                address: table.word(at + 16) ?? 0, fileSize: table.word(at + 32) ?? 0,
                memorySize: table.word(at + 40) ?? 0, alignment: table.word(at + 48) ?? 0)
        }
    }

    private static func sections(_ descriptor: CInt, _ header: [UInt8]) -> [Section]? {
        guard let offset = header.word(40, as: UInt64.self), let count = header.word(60, as: UInt16.self),
            header.word(58, as: UInt16.self) == 64, (1...512).contains(count),
            let table = read(descriptor, at: offset, count: Int(count) * 64)
        else { return nil }
        return (0..<Int(count)).map { index in
            let at = index * 64
            return Section(
                name: Int(table.word(at, as: UInt32.self) ?? 0), kind: table.word(at + 4) ?? 0,
                offset: table.word(at + 24) ?? 0, size: table.word(at + 32) ?? 0,
                link: Int(table.word(at + 40, as: UInt32.self) ?? 0))
        }
    }
}
