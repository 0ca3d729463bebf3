import Glibc
import Testing

@testable import Bridge

/// A file of spans, and what `correlate` makes of it.
final class SpanFile {
    /// A span, by what a test says of it.
    struct Item {
        var id: UInt64
        var kind: Int
        var start: UInt64
        var end: UInt64
        var name = "op"
        var attributes = ""

        /// Attributes that are texts or, where they are only digits, numbers.
        func with(_ pairs: [(String, String)]) -> Item {
            var item = self
            item.attributes = pairs.map { key, value in
                Int(value) == nil
                    ? #"{"key":"\#(key)","value":{"stringValue":"\#(value)"}}"#
                    : #"{"key":"\#(key)","value":{"intValue":"\#(value)"}}"#
            }.joined(separator: ",")
            return item
        }

        var json: String {
            #"{"traceId":"\#(hex(id &* 77))\#(hex(1))","spanId":"\#(hex(id))","parentSpanId":"\#(hex(id &* 31))","#
                + #""name":"\#(name)","kind":\#(kind),"startTimeUnixNano":"\#(start)","endTimeUnixNano":"\#(end)","#
                + #""attributes":[\#(attributes)]}"#
        }
    }

    /// Where a span was found to belong.
    struct Found: Equatable {
        var trace: String
        var parent: UInt64
        var method: String
    }

    let folder: String
    var input: String { folder + "/in.jsonl" }
    var output: String { folder + "/out.jsonl" }
    private(set) var warnings: [String] = []

    init() throws {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/interspan-correlate-XXXXXX".utf8CString)
        folder = try #require(mkdtemp(&template).map { String(cString: $0) })
    }

    deinit {
        unlink(input)
        unlink(output)
        rmdir(folder)
    }

    static func hex(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    static func line(_ service: String, _ items: [Item]) -> String {
        #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"\#(service)"}}]},"#
            + #""scopeSpans":[{"spans":[\#(items.map(\.json).joined(separator: ","))]}]}]}"#
    }

    func put(_ text: String) throws {
        let stream = try #require(fopen(input, "w"))
        defer { fclose(stream) }
        try #require(fwrite(text, 1, text.utf8.count, stream) == text.utf8.count)
    }

    func written() throws -> String { String(decoding: try bytes(), as: UTF8.self) }

    private func bytes() throws -> [UInt8] {
        let stream = try #require(fopen(output, "r"))
        defer { fclose(stream) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&piece, 1, piece.count, stream), count > 0 { bytes += piece.prefix(count) }
        return bytes
    }

    @discardableResult
    func correlate(across: Bool = false) throws -> CorrelateFile.Result {
        warnings = []
        return try CorrelateFile(
            path: input, output: output, across: across, warn: { self.warnings.append($0) }
        ).run()
    }

    /// Correlates lines, and gives what was found of each span.
    func found(_ lines: [String], across: Bool = false) throws -> [UInt64: Found] {
        try put(lines.joined(separator: "\n") + "\n")
        try correlate(across: across)
        let bytes = try bytes()
        var found: [UInt64: Found] = [:]
        var position = 0
        /// What stands between a text and the next quote, which are passed over.
        func value(after text: String) -> String? {
            guard let place = Self.find(text, in: bytes, from: position) else { return nil }
            position = place + text.utf8.count
            let end = bytes[position...].firstIndex(of: UInt8(ascii: "\"")) ?? bytes.count
            return String(decoding: bytes[position..<end], as: UTF8.self)
        }
        while let trace = value(after: #""traceId":""#) {
            let id = try #require(value(after: #""spanId":""#).flatMap { UInt64($0, radix: 16) })
            let parent = value(after: #""parentSpanId":""#).flatMap { UInt64($0, radix: 16) }
            let method = try #require(value(after: #"interspan.link.method","value":{"stringValue":""#))
            found[id] = Found(trace: trace, parent: parent ?? 0, method: method)
        }
        return found
    }

    private static func find(_ text: String, in bytes: [UInt8], from position: Int) -> Int? {
        let text = Array(text.utf8)
        return bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return nil }
            var position = position
            while position + text.count <= bytes.count,
                let first = memchr(start + position, Int32(text[0]), bytes.count - position - text.count + 1)
            {
                position = UnsafeRawPointer(first) - start
                if memcmp(first, text, text.count) == 0 { return position }
                position += 1
            }
            return nil
        }
    }
}

private func hex(_ number: UInt64) -> String { SpanFile.hex(number) }
