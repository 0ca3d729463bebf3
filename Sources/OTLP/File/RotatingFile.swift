import Glibc

/// A file that lines are appended to, which is put aside when it is full and begun anew, as lumberjack does for the
/// Collector: `spans.jsonl` becomes `spans-2026-11-21T16-30-05.123.jsonl`. Nothing is cut: every file has whole lines,
/// and a line that is larger than a file may be has one of its own.
///
/// A file that somebody else moves away (logrotate) is noticed within a second, and begun anew as well. What is no file,
/// such as standard output or a pipe, is never rotated.
///
/// Moments are wall-clock time, ms since 1970.
final class RotatingFile {
    private let path: String
    private let rotation: RotationSettings?
    private var file: OutputFile
    private var size: Int?
    /// When it was last looked whether the file is still there.
    private var checked: Int64
    /// Why the file could not be put aside, the last time it should have been: it grows on.
    private(set) var failure: String?

    /// Opens the file, making it if need be, and removes what was put aside too long ago.
    /// - Throws: ``ExporterError`` with the system's reason.
    init(path: String, rotation: RotationSettings?, now: Int64) throws {
        self.path = path
        self.rotation = rotation
        file = try OutputFile(path: path)
        size = file.size
        checked = now
        if let rotation { Backups(path, rotation).prune(now: now) }
    }

    /// Appends a line with its end.
    /// - Parameter deadline: see ``OutputFile/append(_:deadline:)``.
    /// - Returns: nil, or why it could not be written.
    func append(_ line: UnsafeRawBufferPointer, now: Int64, deadline: () -> UInt64?) -> String? {
        do {
            if !(0..<1000).contains(now &- checked) {
                checked = now
                if !file.isStill(at: path) { try begin() }
            }
            if let rotation, let size, size > 0, size &+ line.count > max(rotation.maxMegabytes, 1) << 20 {
                try rotate(rotation, now: now)
            }
        } catch {
            return "\(error)"
        }
        let problem = file.append(line, deadline: deadline)
        size = problem == nil ? size.map { $0 &+ line.count } : file.size
        return problem
    }

    private func rotate(_ rotation: RotationSettings, now: Int64) throws {
        let backups = Backups(path, rotation)
        if file.isStill(at: path) {
            failure = backups.putAside(now: now)
            guard failure == nil else { return }
        }
        try begin()
        backups.prune(now: now)
    }

    private func begin() throws {
        file = try OutputFile(path: path)
        size = file.size
    }
}

/// The files that were put aside.
private struct Backups {
    private let path: String
    private let rotation: RotationSettings
    private let directory: String
    /// What their names begin and end with; between is the moment.
    private let prefix: String
    private let suffix: String

    init(_ path: String, _ rotation: RotationSettings) {
        self.path = path
        self.rotation = rotation
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        directory = slash.map { String(path[...$0]) } ?? "./"
        let name = slash.map { path[path.utf8.index(after: $0)...] } ?? path[...]
        let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) ?? name.endIndex
        prefix = "\(name[..<dot])-"
        suffix = String(name[dot...])
    }

    /// Renames the file.
    /// - Returns: nil, or the system's reason.
    func putAside(now: Int64) -> String? {
        var moment = now
        while true {
            // Two in the same millisecond have names of their own, and none replaces another.
            let name = prefix + FileTimestamp.text(milliseconds: moment, local: rotation.localTime) + suffix
            guard access(directory + name, F_OK) == 0 else {
                return rename(path, directory + name) == 0 ? nil : String(cString: strerror(errno))
            }
            guard moment < now &+ 1000 else { return String(cString: strerror(EEXIST)) }
            moment += 1
        }
    }

    /// Removes those that are too many or too old.
    func prune(now: Int64) {
        var found: [(moment: Int64, name: String)] = []
        for name in Folder.entries(directory) where name.hasPrefix(prefix) && name.hasSuffix(suffix) {
            let text = name.dropFirst(prefix.count).dropLast(suffix.count)
            if let moment = FileTimestamp.milliseconds(text, local: rotation.localTime) { found.append((moment, name)) }
        }
        found.sort { ($0.moment, $0.name) > ($1.moment, $1.name) }
        let oldest = now &- Int64(rotation.maxDays) &* 86_400_000
        for (place, backup) in found.enumerated() {
            let isTooMany = rotation.maxBackups > 0 && place >= rotation.maxBackups
            let isTooOld = rotation.maxDays > 0 && backup.moment < oldest
            if isTooMany || isTooOld { unlink(directory + backup.name) }
        }
    }
}
