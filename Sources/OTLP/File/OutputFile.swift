import Glibc
import Threading

/// A file or stream that whole pieces are appended to.
final class OutputFile {
    // What poll(2) promises room for, so that a pipe nobody reads never blocks the thread for good.
    private static let pipePiece = 4096

    private let descriptor: Int32
    private let isOurs: Bool
    private let isRegular: Bool
    /// Whether the last piece was cut in its middle.
    private var isTorn = false

    /// Opens a file for appending, making it if need be.
    /// - Parameter path: `-` is standard output.
    /// - Throws: ``ExporterError`` with the system's reason.
    convenience init(path: String) throws {
        if path == "-" {
            self.init(descriptor: STDOUT_FILENO, isOurs: false)
            return
        }
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else {
            throw ExporterError("path: \(path.printable()): \(String(cString: strerror(errno)))")
        }
        self.init(descriptor: descriptor, isOurs: true)
    }

    /// An open descriptor, which is closed at the end if it is ours.
    init(descriptor: Int32, isOurs: Bool) {
        self.descriptor = descriptor
        self.isOurs = isOurs
        var status = stat()
        isRegular = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    deinit { if isOurs { close(descriptor) } }

    /// Whether it is a terminal.
    var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Bytes in it; nil when it is no file.
    var size: Int? {
        var status = stat()
        return isRegular && fstat(descriptor, &status) == 0 ? Int(status.st_size) : nil
    }

    /// Whether it is still what a path leads to, or is no file that could have been moved away.
    func isStill(at path: String) -> Bool {
        guard isOurs, isRegular else { return true }
        var here = stat()
        var there = stat()
        guard fstat(descriptor, &here) == 0 else { return true }
        return stat(path, &there) == 0 && here.st_ino == there.st_ino && here.st_dev == there.st_dev
    }

    /// Appends a piece, which ends with a line's end.
    /// - Parameter deadline: asked while the other side takes nothing; CLOCK_MONOTONIC, ns; nil waits on.
    /// - Returns: nil, or why it could not be written.
    func append(_ bytes: UnsafeRawBufferPointer, deadline: () -> UInt64?) -> String? {
        if isTorn {
            // What comes next must not become part of the torn line.
            isTorn = false
            let end: [UInt8] = [UInt8(ascii: "\n")]
            if let failure = end.withUnsafeBytes({ append($0, deadline: deadline) }) {
                isTorn = true
                return failure
            }
        }
        var rest = bytes
        while !rest.isEmpty {
            if let failure = awaitRoom(deadline: deadline) { return torn(rest, of: bytes, failure) }
            let count = write(descriptor, rest.baseAddress, isRegular ? rest.count : min(rest.count, Self.pipePiece))
            if count > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            } else if count < 0, errno != EINTR, errno != EAGAIN {
                return torn(rest, of: bytes, String(cString: strerror(errno)))
            }
        }
        return nil
    }

    private func awaitRoom(deadline: () -> UInt64?) -> String? {
        guard !isRegular else { return nil }
        while true {
            var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            // A short wait, since the deadline may be set meanwhile. An error shows when writing.
            if poll(&request, 1, 100) != 0 { return nil }
            if let deadline = deadline(), Monotonic.now() >= deadline { return "nobody reads the output" }
        }
    }

    private func torn(_ rest: UnsafeRawBufferPointer, of bytes: UnsafeRawBufferPointer, _ failure: String) -> String {
        let written = bytes.count - rest.count
        guard written > 0 else { return failure }
        // A file of ours ends with its last whole line again, even if nothing more is ever written to it.
        if isOurs, let size, ftruncate(descriptor, size - written) == 0 { return failure }
        isTorn = true
        return failure
    }
}
