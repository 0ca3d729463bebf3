/// A file that a process has mapped: the first of its parts in memory.
struct MappedFile: Equatable {
    /// Where that part begins.
    var start: UInt64
    /// Which byte of the file that is.
    var offset: UInt64
    /// As the process sees it.
    var path: String

    /// The path's last part.
    var name: Substring { path.split(separator: "/").last ?? "" }

    /// Most bytes of a list that are looked at.
    static let maximumList = 4 << 20

    /// The files in a process's list (`/proc/PID/maps`), each once.
    ///
    /// A line: `start-end perms offset device inode path`.
    static func all(in list: [UInt8]) -> [MappedFile] {
        var files: [MappedFile] = []
        var last: ArraySlice<UInt8> = []
        for line in list.split(separator: UInt8(ascii: "\n")) {
            guard let slash = line.firstIndex(of: UInt8(ascii: "/")) else { continue }
            let path = line[slash...]
            // Parts of one file follow each other.
            if path == last { continue }
            last = path
            let fields = line[..<slash].split(separator: UInt8(ascii: " "), maxSplits: 4)
            guard fields.count >= 4, let dash = fields[0].firstIndex(of: UInt8(ascii: "-")),
                let start = hexadecimal(fields[0][..<dash]), let offset = hexadecimal(fields[2])
            else { continue }
            files.append(MappedFile(start: start, offset: offset, path: String(decoding: path, as: UTF8.self)))
        }
        return files
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt64? {
        UInt64(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
