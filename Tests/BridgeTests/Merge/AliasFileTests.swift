import Glibc
import OTLP
import Testing

@testable import Bridge

@Suite struct AliasFileTests {
    private func entries(_ count: Int) -> [AliasFile.Entry] {
        (1...UInt64(count)).map { number in
            AliasFile.Entry(
                alias: TraceID(high: 0xA, low: number), trace: TraceID(high: number, low: 0xB),
                rootParentSpanID: number % 2 * 0xC0DE, expiry: 1000 + number)
        }
    }

    @Test func whatIsWrittenIsRead() throws {
        let place = try StatePlace(AliasFile.name)
        #expect(AliasFile.write(entries(3), folder: place.folder) == nil)
        let reading = AliasFile.read(folder: place.folder, now: 0)
        #expect(reading.entries == entries(3) && reading.problem == nil)
        // It is replaced as a whole, and may be empty.
        #expect(AliasFile.write([], folder: place.folder) == nil)
        let empty = AliasFile.read(folder: place.folder, now: 0)
        #expect(empty.entries.isEmpty && empty.problem == nil)
    }

    @Test func formatIsTheDocumentedOne() throws {
        let place = try StatePlace(AliasFile.name)
        let entry = AliasFile.Entry(
            alias: TraceID(high: 0x0102_0304_0506_0708, low: 9), trace: TraceID(high: 10, low: 11),
            rootParentSpanID: 12, expiry: 0x0D0E)
        #expect(AliasFile.write([entry], folder: place.folder) == nil)
        func word(_ last: UInt8) -> [UInt8] { [0, 0, 0, 0, 0, 0, 0, last] }
        let bytes = try place.bytes()
        #expect(Array(bytes.prefix(16)) == Array("ISPALIAS".utf8) + [1, 0, 0, 0, 1, 0, 0, 0])
        #expect(
            Array(bytes.dropFirst(24))
                == [1, 2, 3, 4, 5, 6, 7, 8] + word(9) + word(10) + word(11) + word(12) + [0x0E, 0x0D, 0, 0, 0, 0, 0, 0])
    }

    @Test func withoutAFileThereIsNothingToSay() throws {
        let place = try StatePlace(AliasFile.name)
        let reading = AliasFile.read(folder: place.folder, now: 0)
        #expect(reading.entries.isEmpty && reading.problem == nil)
        #expect(AliasFile.read(folder: place.folder + "/none", now: 0).problem == nil)
    }

    @Test func whatHasExpiredIsLeftOut() throws {
        let place = try StatePlace(AliasFile.name)
        #expect(AliasFile.write(entries(5), folder: place.folder) == nil)
        #expect(AliasFile.read(folder: place.folder, now: 1003).entries == Array(entries(5).dropFirst(3)))
        #expect(AliasFile.read(folder: place.folder, now: .max).entries.isEmpty)
    }

    @Test func ofTooManyThoseAreWrittenThatHoldLongest() throws {
        let place = try StatePlace(AliasFile.name)
        let many = entries(AliasFile.maximumEntries + 7)
        #expect(AliasFile.write(many, folder: place.folder) == nil)
        let found = AliasFile.read(folder: place.folder, now: 0).entries
        #expect(found.count == AliasFile.maximumEntries)
        #expect(found.allSatisfy { $0.expiry > 1007 })
    }

    @Test func damageAnywhereIsSeen() throws {
        let place = try StatePlace(AliasFile.name)
        #expect(AliasFile.write(entries(2), folder: place.folder) == nil)
        let good = try place.bytes()
        for position in good.indices {
            var bytes = good
            bytes[position] ^= 0x10
            try place.put(bytes)
            let reading = AliasFile.read(folder: place.folder, now: 0)
            #expect(reading.entries.isEmpty && reading.problem != nil, "\(position)")
        }
        for count in 0..<good.count {
            try place.put(Array(good.prefix(count)))
            #expect(AliasFile.read(folder: place.folder, now: 0).problem != nil, "\(count)")
        }
        try place.put(good + [0])
        #expect(AliasFile.read(folder: place.folder, now: 0).problem != nil)
        // The next write is right again.
        #expect(AliasFile.write(entries(2), folder: place.folder) == nil)
        #expect(AliasFile.read(folder: place.folder, now: 0).entries == entries(2))
    }

    @Test func entryThatCannotBeSpoilsTheFile() throws {
        let place = try StatePlace(AliasFile.name)
        let none = TraceID(high: 0, low: 0)
        for (alias, trace) in [(none, TraceID(high: 1, low: 1)), (TraceID(high: 1, low: 1), none)] {
            let entry = AliasFile.Entry(alias: alias, trace: trace, rootParentSpanID: 0, expiry: 9)
            #expect(AliasFile.write([entry], folder: place.folder) == nil)
            #expect(AliasFile.read(folder: place.folder, now: 0).problem != nil)
        }
    }

    @Test func foreignFilesArePassedOver() throws {
        let place = try StatePlace(AliasFile.name)
        try place.put([UInt8](repeating: 0x61, count: 4096))
        #expect(AliasFile.read(folder: place.folder, now: 0).problem != nil)
        try place.put([UInt8](repeating: 0, count: 4 << 20))
        #expect(AliasFile.read(folder: place.folder, now: 0).problem != nil)
        unlink(place.file)
        #expect(symlink("/etc/passwd", place.file) == 0)
        #expect(AliasFile.read(folder: place.folder, now: 0).problem != nil)
        unlink(place.file)
        #expect(mkfifo(place.file, 0o600) == 0)
        #expect(AliasFile.read(folder: place.folder, now: 0).problem == "not a file")
        unlink(place.file)
        #expect(mkdir(place.file, 0o700) == 0)
        #expect(AliasFile.read(folder: place.folder, now: 0).problem == "not a file")
    }

    @Test func fileIsItsOwnersAloneAndNothingIsLeftBesideIt() throws {
        let place = try StatePlace(AliasFile.name)
        #expect(symlink("/etc/passwd", place.file + ".new") == 0)
        #expect(AliasFile.write(entries(1), folder: place.folder) == nil)
        var status = stat()
        #expect(lstat(place.file, &status) == 0 && status.st_mode == S_IFREG | 0o600)
        #expect(lstat(place.file + ".new", &status) != 0)
    }

    @Test func folderIsMadeAndOneThatCannotBeIsAProblem() throws {
        let place = try StatePlace(AliasFile.name)
        let below = place.folder + "/state"
        #expect(AliasFile.write(entries(1), folder: below) == nil)
        #expect(AliasFile.read(folder: below, now: 0).entries == entries(1))
        unlink("\(below)/\(AliasFile.name)")
        rmdir(below)
        #expect(AliasFile.write(entries(1), folder: place.folder + "/a/b") != nil)
        #expect(AliasFile.write(entries(1), folder: "/proc/self/status") != nil)
    }

    @Test func fileThatCannotBeReplacedStays() throws {
        let place = try StatePlace(AliasFile.name)
        #expect(mkdir(place.file, 0o700) == 0)
        #expect(AliasFile.write(entries(1), folder: place.folder) != nil)
        var status = stat()
        #expect(lstat(place.file + ".new", &status) != 0)
    }
}
