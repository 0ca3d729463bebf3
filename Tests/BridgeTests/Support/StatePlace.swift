import Glibc
import Testing

/// A folder of a test's own with one file of the state directory in it, which go with it.
final class StatePlace {
    let folder: String
    private let name: String
    var file: String { "\(folder)/\(name)" }

    init(_ name: String) throws {
        self.name = name
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/interspan-state-XXXXXX".utf8CString)
        folder = try #require(mkdtemp(&template).map { String(cString: $0) })
    }

    deinit {
        for path in [file, file + ".new"] {
            unlink(path)
            rmdir(path)
        }
        rmdir(folder)
    }

    func put(_ bytes: [UInt8]) throws {
        let stream = try #require(fopen(file, "w"))
        defer { fclose(stream) }
        try #require(fwrite(bytes, 1, bytes.count, stream) == bytes.count)
    }

    func bytes() throws -> [UInt8] {
        let stream = try #require(fopen(file, "r"))
        defer { fclose(stream) }
        var bytes = [UInt8](repeating: 0, count: 8 << 20)
        let count = fread(&bytes, 1, bytes.count, stream)
        return Array(bytes.prefix(count))
    }
}
