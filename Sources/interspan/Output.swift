import Glibc

/// Where data and complaints go.
enum Output {
    /// Writes data to stdout. When that fails, the program ends: whoever reads has left.
    static func data(_ text: String) {
        guard write(text, STDOUT_FILENO) else { exit(1) }
    }

    /// Writes a line to stderr.
    static func error(_ line: String) { _ = write(line + "\n", STDERR_FILENO) }

    /// Writes over the line of stderr that shows how far something is.
    static func progress(_ text: String) { _ = write("\r" + text + "\u{1B}[K\r", STDERR_FILENO) }

    private static func write(_ text: String, _ descriptor: Int32) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
