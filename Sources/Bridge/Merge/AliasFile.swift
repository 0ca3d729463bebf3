internal import OTLP

/// The alias table of traces on disk, so that a trace that was joined to another stays there when the agent is
/// restarted: one file in the state directory, replaced as a whole.
///
/// The file, version 1: `ISPALIAS`, then little-endian the version (4 bytes), the count of entries (4), a checksum of
/// everything but itself (8, FNV-1a), then each entry: alias and trace (16 bytes each, as on the wire), parent (8,
/// likewise) and expiry (8). A file that is not exactly that is passed over as a whole.
struct AliasFile {
    /// A trace that was joined to another.
    struct Entry: Equatable {
        /// The trace id that its spans come with; never zero.
        var alias: TraceID
        /// The trace they belong to; never zero.
        var trace: TraceID
        /// What its root hangs from in that trace; 0 if it stays a root.
        var rootParentSpanID: UInt64
        /// Until when it holds, ns since 1970.
        var expiry: UInt64
    }

    /// What was found.
    struct Reading {
        /// The entries that still hold, in the order in which they were written; none if the file cannot be used.
        var entries: [Entry] = []
        /// Why the file was passed over; nil if it was not, or there is none.
        var problem: String?
    }

    /// Most entries in a file. Of more those are written that hold longest.
    static let maximumEntries = 65_536
    /// The file's name in its folder.
    static let name = "trace-aliases"

    /// Reads the file of a folder.
    /// - Parameter now: ns since 1970; what has expired is left out.
    static func read(folder: String, now: UInt64) -> Reading {
        let largest = AliasFormat.header + maximumEntries * AliasFormat.entry
        let reading = StateFile(folder: folder, name: name).read(sizes: AliasFormat.header...largest)
        guard let bytes = reading.bytes else { return Reading(problem: reading.problem) }
        guard let entries = AliasFormat.decode(bytes) else { return Reading(problem: "damaged, or of another version") }
        return Reading(entries: entries.filter { $0.expiry > now })
    }

    /// Replaces the file of a folder, which is made (0700) if it is missing. What was there stays until the new one is
    /// on the disk.
    /// - Returns: why that failed; nil if it did not.
    static func write(_ entries: [Entry], folder: String) -> String? {
        var entries = entries
        if entries.count > maximumEntries {
            entries.sort { $0.expiry > $1.expiry }
            entries.removeSubrange(maximumEntries...)
        }
        return StateFile(folder: folder, name: name).write(AliasFormat.encode(entries))
    }
}
