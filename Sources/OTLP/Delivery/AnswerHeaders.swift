/// The few headers and trailers of an answer that matter, as they come in. A value; the lines are hostile.
struct AnswerHeaders: Equatable {
    /// Most bytes of a value that are kept; a longer one counts as absent.
    static let longestValue = 16 * 1024

    private let wanted: [String]
    private var values: [String?]

    /// None yet.
    /// - Parameter wanted: names, lower case.
    init(_ wanted: [String]) {
        self.wanted = wanted
        values = [String?](repeating: nil, count: wanted.count)
    }

    /// A value, without the white space around it; nil when there is none. Of several the last.
    subscript(_ name: String) -> String? { wanted.firstIndex(of: name).flatMap { values[$0] } }

    /// Forgets the values.
    mutating func removeAll() { for index in values.indices { values[index] = nil } }

    /// Takes a line of a header or trailer. A status line begins a new answer (100 Continue precedes the real one).
    mutating func take(_ line: UnsafeRawBufferPointer) {
        guard !wanted.isEmpty else { return }
        if line.starts(with: "HTTP/".utf8) { return removeAll() }
        guard let colon = line.prefix(256).firstIndex(of: UInt8(ascii: ":")) else { return }
        let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
        guard let index = wanted.firstIndex(of: name) else { return }
        var value = line[(colon + 1)...]
        while let byte = value.first, Self.isSpace(byte) { value.removeFirst() }
        while let byte = value.last, Self.isSpace(byte) { value.removeLast() }
        values[index] = value.count <= Self.longestValue ? String(decoding: value, as: UTF8.self) : nil
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }
}
