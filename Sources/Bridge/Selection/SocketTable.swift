internal import Glibc

/// The sockets of a network namespace, as `/proc/PID/net` lists them (proc(5)), by inode.
struct SocketTable {
    /// The TCP ports of sockets that listen.
    var listening: [UInt64: UInt16] = [:]
    /// Sockets that are connected, and AF_UNIX streams that listen.
    var others: Set<UInt64> = []

    /// Most bytes of a list that are read.
    private static let maximumList = 64 << 20

    /// The listening sockets of a process's network namespace. The kernel lists them before all others, which are left
    /// unread: there may be very many.
    static func listening(of process: UInt32) -> SocketTable {
        var table = SocketTable()
        for name in ["tcp", "tcp6"] {
            ProcFS.eachLine(of: "/proc/\(process)/net/\(name)", limit: maximumList) { line in
                guard let socket = TCPSocket(line) else { return true }
                guard socket.isListening else { return false }
                table.listening[socket.inode] = socket.port
                return true
            }
        }
        return table
    }

    /// All sockets of a process's network namespace that talk or may be talked to.
    static func all(of process: UInt32) -> SocketTable {
        var table = SocketTable()
        for name in ["tcp", "tcp6"] {
            ProcFS.eachLine(of: "/proc/\(process)/net/\(name)", limit: maximumList) { line in
                guard let socket = TCPSocket(line) else { return true }
                if socket.isListening {
                    table.listening[socket.inode] = socket.port
                } else if socket.inode != 0 {
                    table.others.insert(socket.inode)
                }
                return true
            }
        }
        ProcFS.eachLine(of: "/proc/\(process)/net/unix", limit: maximumList) { line in
            // Number, references, protocol, flags, type, state, inode.
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 7)
            guard fields.count > 6, fields[4].elementsEqual("0001".utf8),
                fields[3].elementsEqual("00010000".utf8) || fields[5].elementsEqual("03".utf8),
                let inode = UInt64(String(decoding: fields[6], as: UTF8.self))
            else { return true }
            table.others.insert(inode)
            return true
        }
        return table
    }

    /// One line of `tcp` or `tcp6`.
    struct TCPSocket: Equatable {
        var port: UInt16
        var isListening: Bool
        var inode: UInt64

        init?(_ line: ArraySlice<UInt8>) {
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 10)
            guard fields.count > 9, fields[3].count == 2,
                let colon = fields[1].lastIndex(of: UInt8(ascii: ":")),
                let port = UInt16(String(decoding: fields[1][(colon + 1)...], as: UTF8.self), radix: 16),
                let inode = UInt64(String(decoding: fields[9], as: UTF8.self))
            else { return nil }
            self.port = port
            self.inode = inode
            isListening = fields[3].elementsEqual("0A".utf8)
        }
    }
}

extension ProcFS {
    /// Goes through a file's lines, without their ends, for as long as the body says true and at most so many bytes.
    static func eachLine(of path: String, limit: Int, _ body: (ArraySlice<UInt8>) -> Bool) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        defer { close(file) }
        var pending: [UInt8] = []
        var total = 0
        while total < limit {
            var got = 0
            pending += [UInt8](unsafeUninitializedCapacity: 16_384) { buffer, count in
                got = Glibc.read(file, buffer.baseAddress, buffer.count)
                count = max(0, got)
            }
            guard got > 0 else { return }
            total += got
            var start = 0
            while let end = pending[start...].firstIndex(of: UInt8(ascii: "\n")) {
                guard body(pending[start..<end]) else { return }
                start = end + 1
            }
            pending.removeFirst(start)
            // A line without an end is none that we know.
            if pending.count > 65_536 { return }
        }
    }

    /// The inodes of the sockets that a process holds, among its first descriptors, for as long as the body says true.
    static func eachSocket(of process: UInt32, limit: Int, _ body: (UInt64) -> Bool) {
        let path = "/proc/\(process)/fd"
        guard let folder = opendir(path) else { return }
        defer { closedir(folder) }
        var count = 0
        while count < limit, let entry = readdir(folder) {
            count += 1
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let link = link(path + "/" + name), let inode = inode(in: link, of: "socket") else { continue }
            if !body(inode) { return }
        }
    }

    /// The number in `socket:[123]`.
    static func inode(in link: String, of kind: String) -> UInt64? {
        guard link.hasPrefix(kind + ":["), link.hasSuffix("]") else { return nil }
        return UInt64(link.dropFirst(kind.utf8.count + 2).dropLast())
    }

    /// The inode of a process's network namespace.
    static func networkNamespace(of process: UInt32) -> UInt32? {
        link("/proc/\(process)/ns/net").flatMap { inode(in: $0, of: "net") }.flatMap(UInt32.init(exactly:))
    }
}
