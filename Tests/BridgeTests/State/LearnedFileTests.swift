import Glibc
import Logging
import Testing
import Threading

@testable import Bridge

@Suite struct LearnedFileTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private let models: [UInt8] = [1, 2, 3, 4, 5]

    @Test func whatIsWrittenIsRead() throws {
        let place = try StatePlace(LearnedFile.models.name)
        #expect(LearnedFile.models.write(models, folder: place.folder) == nil)
        let read = LearnedFile.models.read(folder: place.folder)
        #expect(read.learned == models && read.problem == nil)
        let bytes = try place.bytes()
        #expect(Array(bytes.prefix(16)) == Array("ISPMODEL".utf8) + [1, 0, 0, 0, 5, 0, 0, 0])
        #expect(Array(bytes.dropFirst(24)) == models)
    }

    @Test func withoutAFileThereIsNothingToSay() throws {
        let place = try StatePlace(LearnedFile.models.name)
        let read = LearnedFile.models.read(folder: place.folder)
        #expect(read.learned == nil && read.problem == nil)
    }

    @Test func damageAnywhereIsSeen() throws {
        let place = try StatePlace(LearnedFile.models.name)
        #expect(LearnedFile.models.write(models, folder: place.folder) == nil)
        let good = try place.bytes()
        for position in good.indices {
            var bytes = good
            bytes[position] ^= 0x20
            try place.put(bytes)
            let read = LearnedFile.models.read(folder: place.folder)
            #expect(read.learned == nil && read.problem != nil, "\(position)")
        }
        try place.put(good + [0])
        #expect(LearnedFile.models.read(folder: place.folder).problem != nil)
        try place.put([UInt8](repeating: 0, count: LearnedFile.models.maximumBytes + 25))
        #expect(LearnedFile.models.read(folder: place.folder).problem == "of another size")
    }

    @Test func moreThanIsKeptIsNotWritten() throws {
        let place = try StatePlace(LearnedFile.models.name)
        let most = [UInt8](repeating: 7, count: LearnedFile.models.maximumBytes)
        #expect(LearnedFile.models.write(most, folder: place.folder) == nil)
        #expect(LearnedFile.models.write(most + [7], folder: place.folder) != nil)
        #expect(LearnedFile.models.read(folder: place.folder).learned == most)
    }

    @Test func whatTheCaptureThreadLeavesIsWrittenBeforeTheEnd() throws {
        let place = try StatePlace(LearnedFile.models.name)
        let kept = KeptLearning(.models, folder: place.folder, logger: logger)
        let thread = try kept.start()
        kept.keep([])
        kept.keep([9])
        kept.keep(models)
        kept.end()
        thread.join()
        #expect(KeptLearning(.models, folder: place.folder, logger: logger).read() == models)
        let counters = kept.counters
        #expect(counters.written + counters.overtaken == 2 && counters.failed == 0)
    }

    @Test func oneThatIsNotTakenGivesWayToTheNext() throws {
        let place = try StatePlace(LearnedFile.models.name)
        let kept = KeptLearning(.models, folder: place.folder, logger: logger)
        for _ in 0..<5 { kept.keep(models) }
        #expect(kept.counters.overtaken == 4)
    }

    @Test func damagedModelsAreCountedAndWhatCannotBeWrittenIs() throws {
        let place = try StatePlace(LearnedFile.models.name)
        try place.put([1, 2, 3])
        let kept = KeptLearning(.models, folder: place.folder, logger: logger)
        #expect(kept.read() == nil)
        #expect(kept.counters.unusable == 1)
        unlink(place.file)
        #expect(mkdir(place.file, 0o700) == 0)
        let thread = try kept.start()
        kept.keep(models)
        kept.end()
        thread.join()
        #expect(kept.counters.failed == 1 && kept.counters.written == 0)
    }
}
