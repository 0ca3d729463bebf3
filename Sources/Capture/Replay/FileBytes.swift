internal import Glibc

/// The bytes of a file or pipe, read forward through one buffer, so that a file of any size costs the same memory.
///
/// A class because it owns a descriptor and a buffer and lives in arrays; used by one thread.
final class FileBytes {
    /// Most bytes that can be asked for at once; the buffer grows to this when a file has such a record.
    static let maximumRun = 1 << 20

    /// What the user called it, for messages.
    let name: String
    /// Whether it is anything but an ordinary file: it can neither be opened again nor read without waiting.
    let isStream: Bool
    /// Bytes before the current one.
    private(set) var position: UInt64 = 0
    /// Why reading stopped before the end of the file (an `errno`), or 0.
    private(set) var failure: Int32 = 0

    private let descriptor: Int32
    private var buffer: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0

    /// Opens a file; `-` is the standard input.
    init(path: String) throws(CaptureError) {
        let opened = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else { throw CaptureError("\(path): cannot be read: \(String(cString: strerror(errno)))") }
        descriptor = opened
        buffer = .allocate(byteCount: 1 << 16, alignment: 16)
        name = path == "-" ? "standard input" : path
        var status = stat()
        guard fstat(opened, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            isStream = false
            throw CaptureError("\(path): is a directory; name the capture files in it")
        }
        isStream = status.st_mode & S_IFMT != S_IFREG
    }

    deinit {
        if descriptor > STDIN_FILENO { close(descriptor) }
        buffer.deallocate()
    }

    /// What is in the buffer; valid until the next call of anything here.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer[start..<end]) }

    /// Reads until ``bytes`` has at least `count` bytes (at most ``maximumRun``); false when the file ends before.
    func want(_ count: Int) -> Bool {
        while end - start < count {
            guard count <= FileBytes.maximumRun, readMore(count) else { return false }
        }
        return true
    }

    /// Passes over bytes, whether they are in the buffer or not; false when the file ends before.
    func skip(_ count: Int) -> Bool {
        var left = count
        while true {
            let now = min(left, end - start)
            start += now
            position += UInt64(now)
            left -= now
            if left == 0 { return true }
            guard readMore(1) else { return false }
        }
    }

    /// Whether the next read would not wait, after waiting at most so many milliseconds. True at the end of the file.
    func isReady(milliseconds: Int32) -> Bool {
        guard isStream, start == end else { return true }
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, milliseconds) != 0
    }

    /// One read into room for at least `count` bytes from the current one; false at the end of the file.
    private func readMore(_ count: Int) -> Bool {
        if start > 0, buffer.count - end < max(count - (end - start), 1) {
            buffer.copyMemory(from: bytes)  // may overlap
            end -= start
            start = 0
        }
        if end == buffer.count {
            // Doubling, rather than growing to `count`: a file that lies about a length brings no memory with it.
            let larger = UnsafeMutableRawBufferPointer.allocate(
                byteCount: min(buffer.count * 2, FileBytes.maximumRun), alignment: 16)
            larger.copyMemory(from: bytes)
            buffer.deallocate()
            buffer = larger
        }
        while true {
            let got = read(descriptor, buffer.baseAddress?.advanced(by: end), buffer.count - end)
            if got > 0 {
                end += got
                return true
            }
            if got < 0, errno == EINTR { continue }
            if got < 0 { failure = errno }
            return false
        }
    }
}
