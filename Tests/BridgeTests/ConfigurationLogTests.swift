import Foundation
import Logging
import Testing

@testable import Bridge

@Suite struct ConfigurationLogTests {
    private static let line = LogLine(
        time: 1_709_209_845_678_000_000, level: .warning, message: "queue full",
        metadata: [(key: "exporter", value: "otlp_http/a"), (key: "why", value: "two words")])

    @Test func aLineOfTextHasTimeLevelMessageAndPairs() {
        #expect(
            Self.line.text(coloured: false)
                == "2024-02-29T12:30:45.678Z warn  queue full exporter=otlp_http/a why=\"two words\"")
        #expect(Self.line.text(coloured: true).contains("\u{1B}[33mwarn "))
    }

    @Test func aLineOfJSONIsJSON() throws {
        let object = try JSONSerialization.jsonObject(with: Data(Self.line.json.utf8)) as? [String: String]
        #expect(
            object == [
                "time": "2024-02-29T12:30:45.678Z", "level": "warn", "message": "queue full", "exporter": "otlp_http/a",
                "why": "two words",
            ])
    }

    @Test func whatAPeerSentCannotWriteLinesOfItsOwn() {
        let line = LogLine(
            time: 0, level: .error, message: "bad\nline\u{1B}[31m", metadata: [(key: "a", value: "b\nc\u{9B}")])
        #expect(
            line.text(coloured: false).unicodeScalars.allSatisfy { $0.value >= 32 && !(127...159).contains($0.value) })
        #expect(!line.json.contains("\n"))
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000_000_000, "2000-02-29T00:00:00.000Z"),
            (4_102_444_799_999_000_000, "2099-12-31T23:59:59.999Z"),
            (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000Z"),
        ] as [(UInt64, String)]) func timesAreUTC(_ nanoseconds: UInt64, _ text: String)
    {
        #expect(Timestamp.text(nanoseconds) == text)
    }

    @Test func repeatsAreLimitedAndCounted() {
        var limiter = RepeatLimiter(interval: 100, burst: 2)
        #expect(limiter.verdict(1, at: 0) == .write(suppressed: 0))
        #expect(limiter.verdict(1, at: 1) == .write(suppressed: 0))
        #expect(limiter.verdict(1, at: 2) == .suppress)
        #expect(limiter.verdict(2, at: 3) == .write(suppressed: 0))
        #expect(limiter.verdict(1, at: 99) == .suppress)
        #expect(limiter.verdict(1, at: 100) == .write(suppressed: 2))
        #expect(limiter.verdict(1, at: 300) == .write(suppressed: 0))
    }

    @Test func manyDifferentMessagesAllPass() {
        var limiter = RepeatLimiter(interval: 100, burst: 1)
        for key in 0..<10_000 { #expect(limiter.verdict(key, at: 0) == .write(suppressed: 0)) }
    }

    @Test func anotherLevelAndFormatHoldForAllLoggers() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "interspan-log-\(UUID().uuidString)")
        #expect(FileManager.default.createFile(atPath: path.path(), contents: nil))
        defer { try? FileManager.default.removeItem(at: path) }
        let file = try FileHandle(forWritingTo: path)
        let sink = LogSink(descriptor: file.fileDescriptor, LogsConfiguration(), isColoured: false)
        let logger = Logger(label: "test") { _ in InterspanLogHandler(sink: sink) }
        var other = logger
        other[metadataKey: "made"] = "from it"
        other.debug("not written")
        var next = LogsConfiguration()
        (next.level, next.format) = (.debug, .json)
        logger.use(next)
        other.debug("written")
        logger.use(LogsConfiguration())
        other.debug("not written either")
        try file.close()
        let lines = try String(contentsOf: path, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 1 && lines.first?.hasPrefix("{\"time\"") == true, "\(lines)")
    }

    @Test func theLevelIsHeeded() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "interspan-log-\(UUID().uuidString)")
        #expect(FileManager.default.createFile(atPath: path.path(), contents: nil))
        defer { try? FileManager.default.removeItem(at: path) }
        let file = try FileHandle(forWritingTo: path)
        var configuration = LogsConfiguration()
        (configuration.level, configuration.format) = (.warn, .json)
        let sink = LogSink(descriptor: file.fileDescriptor, configuration, isColoured: false)
        var logger = Logger(label: "test") { _ in InterspanLogHandler(sink: sink) }
        logger[metadataKey: "agent"] = "a"
        logger.info("not written")
        logger.warning("written", metadata: ["key": "value", "message": "taken"])
        for _ in 0..<100 { logger.error("again") }
        try file.close()
        let lines = try String(contentsOf: path, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 6)
        #expect(
            lines.first?.hasSuffix("\"message\":\"written\",\"agent\":\"a\",\"key\":\"value\",\"_message\":\"taken\"}")
                == true)
    }
}
