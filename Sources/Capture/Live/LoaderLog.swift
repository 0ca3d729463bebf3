internal import CLibBPF
internal import Glibc
internal import Synchronization

/// What libbpf says while programs are loaded: kept, and shown only when loading fails. Bounded: the last lines stay.
enum LoaderLog {
    /// Most bytes that are kept.
    static let limit = 16_384

    private static let text = Mutex<[UInt8]>([])

    /// Takes libbpf's messages from now on, which otherwise go to stderr, and forgets those before.
    static func begin() {
        text.withLock { $0.removeAll(keepingCapacity: true) }
        _ = libbpf_set_print { _, format, arguments in
            guard let format, let arguments else { return 0 }
            var line = [CChar](repeating: 0, count: 1024)
            let length = interspan_format(&line, line.count, format, arguments)
            LoaderLog.append(line.prefix(max(0, min(Int(length), line.count - 1))).map { UInt8(bitPattern: $0) })
            return length
        }
    }

    /// The lines that speak of a failure, joined into one line; the verifier's log is left out.
    static var failures: String {
        let lines = text.withLock { String(decoding: $0, as: UTF8.self) }
            .split(separator: "\n")
            .filter { $0.hasPrefix("libbpf: ") && ($0.contains("fail") || $0.contains("not ")) }
            .map { $0.dropFirst("libbpf: ".count) }
        return lines.prefix(3).joined(separator: "; ")
    }

    private static func append(_ line: [UInt8]) {
        text.withLock { text in
            text.append(contentsOf: line)
            if text.count > limit { text.removeFirst(text.count - limit) }
        }
    }
}
