import Glibc

/// Reads configuration files.
enum ConfigurationFile {
    /// Most bytes of a file.
    static let maximumBytes = 4 << 20

    /// Why a file cannot be read, in one line.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// The text of a file.
    ///
    /// - Throws: ``Failure`` when it is missing, unreadable, no regular file's worth of bytes, or no UTF-8.
    static func read(_ path: String) throws(Failure) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(description: "cannot be read: \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw Failure(description: "cannot be read: \(String(cString: strerror(errno)))") }
            if count == 0 { break }
            bytes += chunk.prefix(count)
            guard bytes.count <= maximumBytes else {
                throw Failure(description: "is larger than 4 MiB, which is the most a configuration may have")
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(description: "is no UTF-8 text")
        }
        return text
    }
}
