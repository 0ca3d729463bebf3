import Foundation
import Testing

@testable import OTLP

@Suite struct FileRotationTests {
    private let directory = TemporaryDirectory()
    /// 2026-11-21T16:30:05.123Z
    private let now: Int64 = 1_795_278_605_123

    private func rotation(_ change: (inout RotationSettings) -> Void = { _ in }) -> RotationSettings {
        var rotation = RotationSettings()
        rotation.maxMegabytes = 1
        change(&rotation)
        return rotation
    }

    private func append(_ file: RotatingFile, _ letter: Character, kibibytes: Int, at moment: Int64) -> String? {
        let line = Array((String(repeating: letter, count: kibibytes * 1024 - 1) + "\n").utf8)
        return line.withUnsafeBytes { file.append($0, now: moment) { nil } }
    }

    private var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory.path(""))) ?? []).sorted()
    }

    private func letters(_ name: String) throws -> String {
        String(
            try String(contentsOfFile: directory.path(name), encoding: .utf8).split(separator: "\n").compactMap(\.first)
        )
    }

    @Test func aFullFileIsPutAsideUnderTheTimeOfDay() throws {
        let file = try RotatingFile(path: directory.path("spans.jsonl"), rotation: rotation(), now: now)
        for letter in "abcdefg" { #expect(append(file, letter, kibibytes: 400, at: now) == nil) }
        #expect(
            names == [
                "spans-2026-11-21T16-30-05.123.jsonl", "spans-2026-11-21T16-30-05.124.jsonl",
                "spans-2026-11-21T16-30-05.125.jsonl", "spans.jsonl",
            ])
        #expect(try names.map(letters) == ["ab", "cd", "ef", "g"])
    }

    @Test func aFileThatIsJustFullStays() throws {
        let file = try RotatingFile(path: directory.path("spans"), rotation: rotation(), now: now)
        #expect(append(file, "a", kibibytes: 512, at: now) == nil)
        #expect(append(file, "b", kibibytes: 512, at: now) == nil)
        #expect(names == ["spans"])
        #expect(append(file, "c", kibibytes: 1, at: now) == nil)
        #expect(names == ["spans", "spans-2026-11-21T16-30-05.123"])
    }

    @Test func aLineLargerThanAFileHasOneOfItsOwn() throws {
        let file = try RotatingFile(path: directory.path("spans.jsonl"), rotation: rotation(), now: now)
        for (letter, size) in [("a" as Character, 1), ("b", 3000), ("c", 1)] {
            #expect(append(file, letter, kibibytes: size, at: now) == nil)
        }
        #expect(try names.map(letters) == ["a", "b", "c"])
    }

    @Test func aFileOfAnEarlierRunCounts() throws {
        let path = directory.path("spans.jsonl")
        try (String(repeating: "x", count: 1023 * 1024) + "\n").write(toFile: path, atomically: true, encoding: .utf8)
        let file = try RotatingFile(path: path, rotation: rotation(), now: now)
        #expect(append(file, "a", kibibytes: 2, at: now) == nil)
        #expect(try names.map(letters) == ["x", "a"])
    }

    @Test func theOldestAreRemovedBeyondTheirNumberAndAge() throws {
        let day: Int64 = 86_400_000
        let others = ["spans-notes.jsonl", "spans-2020-01-01T00-00-00.000.txt", "other-2020-01-01T00-00-00.000.jsonl"]
        for name in others { _ = FileManager.default.createFile(atPath: directory.path(name), contents: nil) }
        let file = try RotatingFile(
            path: directory.path("spans.jsonl"), rotation: rotation { $0.maxBackups = 3 }, now: now)
        for (index, letter) in "abcdefg".enumerated() {
            #expect(append(file, letter, kibibytes: 800, at: now + Int64(index) * day) == nil)
        }
        let kept = names.filter { !others.contains($0) }
        #expect(try kept.map(letters) == ["d", "e", "f", "g"])
        #expect(Set(others).isSubset(of: names))

        // Three days later, at the next start, two are too old.
        let later = now + 6 * day + day / 2
        _ = try RotatingFile(
            path: directory.path("spans.jsonl"), rotation: rotation { $0.maxDays = 2 }, now: later)
        #expect(try names.filter { !others.contains($0) }.map(letters) == ["e", "f", "g"].suffix(3))
    }

    @Test func aFileThatWasMovedAwayIsBegunAnewWithinASecond() throws {
        let path = directory.path("spans.jsonl")
        for rotation in [nil, rotation()] {
            let file = try RotatingFile(path: path, rotation: rotation, now: now)
            #expect(append(file, "a", kibibytes: 1, at: now) == nil)
            #expect(rename(path, path + ".1") == 0)
            #expect(append(file, "b", kibibytes: 1, at: now + 999) == nil)
            #expect(append(file, "c", kibibytes: 1, at: now + 1000) == nil)
            #expect(try letters("spans.jsonl.1") == "ab")
            #expect(try letters("spans.jsonl") == "c")
            #expect(unlink(path) == 0)
            // Also when the clock was set back.
            #expect(append(file, "d", kibibytes: 1, at: now - 5_000_000) == nil)
            #expect(try letters("spans.jsonl") == "d")
            #expect(unlink(path) == 0)
        }
    }

    @Test func aPipeIsNeverRotated() throws {
        let path = directory.path("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        let reader = open(path, O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        let file = try RotatingFile(path: path, rotation: rotation(), now: now)
        var bytes = [UInt8](repeating: 0, count: 65536)
        for _ in 0..<1100 {
            #expect(append(file, "p", kibibytes: 1, at: now) == nil)
            #expect(read(reader, &bytes, bytes.count) == 1024)
        }
        #expect(names == ["pipe"])
    }

    @Test func theExporterRotatesAndWritesWholeLines() throws {
        var settings = FileSettings(path: directory.path("spans.jsonl"))
        settings.rotation = rotation()
        settings.queue.batch.maxSize = 500
        let exporter = FileExporter(name: "file", settings: settings, log: LogRecorder().log)
        try exporter.start()
        #expect(exporter.enqueue(Samples.batch(10_000)))
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(exporter.counters.sent == 10_000)
        #expect(names.count > 2)
        var lines = 0
        for name in names {
            let text = try String(contentsOfFile: directory.path(name), encoding: .utf8)
            #expect(text.utf8.count <= 1 << 20 && text.hasSuffix("\n"))
            for line in text.split(separator: "\n") {
                #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any])
                lines += 1
            }
        }
        #expect(lines == 20)
    }

    @Test func timesInNamesAreReadAsTheyAreWritten() {
        for moment in [0, 1, now, now + 86_399_999, 4_102_444_799_999] {
            for local in [true, false] {
                let text = FileTimestamp.text(milliseconds: moment, local: local)
                #expect(FileTimestamp.milliseconds(text, local: local) == moment)
            }
        }
        for text in ["", "2026-11-21", "2026-11-21T16:30:05.123", "2026-11-21T16-30-05.12x", "x026-11-21T16-30-05.123"]
        {
            #expect(FileTimestamp.milliseconds(text, local: false) == nil)
        }
    }
}
