import CInterspanBPF
import Foundation
import Testing

@testable import Capture

/// What programs and processes say of their units of execution, from files.
struct UnitExaminationTests {
    @Test(arguments: [
        ("go1.19.8", 19), ("go1.21rc2", 21), ("go1.20.3 X:boringcrypto", 20), ("go1.9", 9), ("devel go1.24-1234", nil),
        ("go1.", nil), ("go2.1", nil), ("go1.1234567890123456789012", nil), ("", nil),
    ])
    func aReleaseOfGoIsRead(text: String, minor: Int?) {
        #expect(GoVersion(Array(text.utf8))?.minor == minor)
    }

    @Test func theNumberOfAGoroutineMovedTwice() throws {
        let offsets = try [13, 22, 23, 24, 25, 26].map { minor in
            GoUnits.numberOffset(try #require(GoVersion(Array("go1.\(minor).1".utf8))))
        }
        #expect(offsets == [152, 152, 160, 160, 152, 152])
        #expect(try GoUnits.numberOffset(#require(GoVersion(Array("go1.99".utf8)))) == nil)
        #expect(try GoUnits.numberOffset(#require(GoVersion(Array("go1.12".utf8)))) == nil)
    }

    @Test func aVersionOfPythonIsReadFromItsNumberAndFromNames() {
        #expect(PythonVersion(number: 0x030B_07F0)?.minor == 11)
        #expect(PythonVersion(number: 0x0207_12F0) == nil && PythonVersion(number: 0x0363_0000) == nil)
        #expect(PythonVersion(fileName: "libpython3.9.so.1.0")?.minor == 9)
        #expect(PythonVersion(fileName: "python3.10")?.minor == 10)
        #expect(PythonVersion(fileName: "libpython3.so") == nil && PythonVersion(fileName: "python3.7") == nil)
        #expect(PythonVersion(fileName: "python3.99999999999999999999") == nil)
    }

    /// The C library is mapped behind those that need it.
    @Test func nothingIsSettledWhileLibrariesAreBeingLoaded() {
        func files(_ names: String...) -> [MappedFile] {
            names.map { MappedFile(start: 0x7F00_0000_0000, offset: 0, path: "/lib/\($0)") }
        }
        func isSettled(_ finding: UnitFinding?, _ files: [MappedFile]) -> Bool {
            if case .notYet = UnitExamination.settled(finding, files) { false } else { true }
        }
        let (loading, loaded) = (
            files("python3", "libpython3.13.so.1.0"), files("python3", "libpython3.13.so.1.0", "libc.so.6")
        )
        for finding in [nil, UnitFinding.none(.unknownThreadStorage), UnitFinding.none(.unreadable)] {
            #expect(!isSettled(finding, loading) && isSettled(finding, loaded))
        }
        #expect(isSettled(.layout(interspan_unit_layout()), loading))
        #expect(!isSettled(.notYet, loaded))
    }

    @Test func filesOfAListComeOnceWithTheirFirstPart() {
        let list = """
            00400000-0041f000 r--p 00000000 08:01 123 /usr/bin/a program
            0041f000-006b7000 r-xp 0001f000 08:01 123 /usr/bin/a program
            7ffd7c000000-7ffd7c021000 rw-p 00000000 00:00 0 [stack]
            7f00aa000000-7f00aa021000 rw-p 00002000 00:00 9 /lib/libpython3.11.so.1.0
            nonsense /x
            7f-x y z /y
            """
        let files = MappedFile.all(in: Array(list.utf8))
        #expect(
            files == [
                MappedFile(start: 0x40_0000, offset: 0, path: "/usr/bin/a program"),
                MappedFile(start: 0x7F00_AA00_0000, offset: 0x2000, path: "/lib/libpython3.11.so.1.0"),
            ])
        #expect(files.map(\.name) == ["a program", "libpython3.11.so.1.0"])
    }

    @Test func keysLieInTheFirstBlockOrBehindAPointer() {
        let keys = ThreadKeys(list: 0x510)
        #expect(keys.steps(to: 0) == [0x318] && keys.steps(to: 31) == [0x508])
        #expect(keys.steps(to: 32) == [0x518, 8] && keys.steps(to: 1023) == [0x510 + 8 * 31, 504])
        #expect(keys.steps(to: 1024) == nil)
    }

    @Test func aProcessIsQueuedOnceAndSoonerWhenItTalks() throws {
        var queue = UnitQueue()
        Self.add([(1, 5, 100), (2, 5, 50)], to: &queue)
        #expect(queue.due == 50 && queue.next(now: 49) == nil && queue.next(now: 60)?.number == 2)
        Self.add([(1, 5, 0)], to: &queue)
        #expect(queue.due == 0)
        let first = try #require(queue.next(now: 0))
        queue.postpone(first, until: 200)
        // It is waited for: asking does not hurry it.
        Self.add([(1, 5, 0)], to: &queue)
        #expect(queue.due == 50)
        queue.finish(first, isAbandoned: true)
        // Not again, but another that has its number.
        Self.add([(1, 5, 0)], to: &queue)
        #expect(queue.due == 50)
        Self.add([(1, 6, 0)], to: &queue)
        #expect(queue.due == 0)
    }

    @Test func aProgramThatBeginsWhileItsProcessIsLookedAtIsLookedAt() throws {
        var queue = UnitQueue()
        Self.begin(at: 50, in: &queue)
        // Met among all processes there are, before it began anything.
        let met = UnitQueue.Entry(number: 1, start: 0, due: 0)
        queue.finish(met, isAbandoned: true)
        queue.postpone(met, until: 1000)
        #expect(queue.due == 50)
        // Taken from here, it begins another.
        let first = try #require(queue.next(now: 50))
        Self.begin(at: 70, in: &queue)
        queue.finish(first, isAbandoned: true)
        #expect(queue.due == 70 && queue.next(now: 60) == nil)
        let second = try #require(queue.next(now: 70))
        queue.finish(second, isAbandoned: true)
        #expect(queue.due == nil)
        // What could not be done for one program may be for the next.
        Self.add([(1, 5, 0)], to: &queue)
        #expect(queue.due == nil)
        Self.begin(at: 90, in: &queue)
        #expect(queue.due == 90)
    }

    /// Process 1 begins a program, and is to be looked at some time later.
    private static func begin(at due: UInt64, in queue: inout UnitQueue) {
        let isAdded = queue.add(UnitQueue.Entry(number: 1, start: 5, due: due, programs: 1))
        #expect(isAdded)
    }

    @Test func aFullQueueRefuses() {
        var queue = UnitQueue()
        Self.add((0..<UInt32(UnitQueue.capacity)).map { ($0, 1, 0) }, to: &queue)
        let isAdded = queue.add(UnitQueue.Entry(number: 5000, start: 1, due: 0))
        let isThere = queue.add(UnitQueue.Entry(number: 3, start: 1, due: 0))
        #expect(!isAdded && isThere)
    }

    private static func add(_ entries: [(number: UInt32, start: UInt64, due: UInt64)], to queue: inout UnitQueue) {
        for entry in entries {
            let isAdded = queue.add(UnitQueue.Entry(number: entry.number, start: entry.start, due: entry.due))
            #expect(isAdded)
        }
    }

    @Test func whateverAFileSaysNothingTraps() throws {
        let original = try Data(contentsOf: URL(filePath: "/usr/bin/true"))
        let file = try LiveTraffic.temporaryFile()
        defer { try? FileManager.default.removeItem(at: file) }
        // The file's header, its segments, and its sections where their table is found.
        let sections = Int(original[40]) | Int(original[41]) << 8 | Int(original[42]) << 16
        let places = Array(0..<(64 + 56 * 4)) + Array(stride(from: sections, to: original.count, by: 9))
        for place in places where place < original.count {
            for value: UInt8 in [0x7F, 0xFF] {
                var changed = original
                changed[place] = value
                try changed.write(to: file)
                guard let program = ELFFile(file.path) else { continue }
                _ = GoUnits.find(in: program)
                _ = program.symbols(["_PyRuntime", "x"], isDynamic: true)
                _ = program.bias(of: MappedFile(start: .max, offset: 0, path: ""))
            }
        }
        for length in [0, 1, 63, 64, 65, 200, 5000] {
            try original.prefix(length).write(to: file)
            if let program = ELFFile(file.path) { _ = GoUnits.find(in: program) }
        }
        #expect(ELFFile("/dev/zero") == nil && ELFFile("/proc") == nil && ELFFile("/nothing/here") == nil)
    }
}
