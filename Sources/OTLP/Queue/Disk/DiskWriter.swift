import Glibc
import Threading

/// What a queue's own thread does with its files: opens, salvages, writes and reads them.
///
/// `@unchecked Sendable`: made by the thread that starts the exporter, and from then on used by the queue's thread alone.
final class DiskWriter: @unchecked Sendable {
    private enum Complaint { case writing, reading, corrupt, damaged }

    private let name: String
    private let signal: Signal
    private let settings: StorageSettings
    private let log: ExporterLog
    private let packer: RowPacker
    private var files: StorageFiles?
    /// Nil while it has to be opened again.
    private var store: DiskStore?
    private var throttle = LogThrottle<Complaint>()

    /// Takes possession of the files and opens them. See ``open(after:)``.
    init(name: String, signal: Signal, queue: QueueSettings, storage: StorageSettings, log: ExporterLog) throws {
        self.name = name
        self.signal = signal
        settings = storage
        self.log = log
        packer = RowPacker(signal: signal, batch: queue.batch)
        files = try StorageFiles(directory: storage.directory, exporter: name, signal: signal)
    }

    /// Whether the database must be opened again.
    var isBroken: Bool { store == nil }

    /// Opens the database. A damaged one is put aside, and what could be read of it taken over.
    /// - Returns: what is in it after a row.
    /// - Throws: ``ExporterError`` when the files cannot be used.
    func open(after id: Int64 = 0) throws(ExporterError) -> DiskStore.Inventory {
        guard let files else { throw ExporterError("sending_queue.storage: closed") }
        let tail = LogTail(path: files.logPath)
        if tail.lostTransactions > 0 {
            log.warn(
                "\(name): \(files.logPath.printable()) is damaged: \(tail.lostTransactions) transactions are lost")
        }
        var inventory: DiskStore.Inventory
        do {
            inventory = try inspect(files.path, after: id)
        } catch let error as StorageError where error.isDamage {
            let lost = try salvage(files, because: error)
            do { inventory = try inspect(files.path, after: id) } catch { throw unusable(files, error) }
            inventory.lostRows += lost
            log.warn(
                "\(name): \(inventory.weight.requests) requests (\(inventory.weight.items) \(signal.items)) "
                    + "could be read from it")
        } catch {
            throw unusable(files, error)
        }
        inventory.lostRows += tail.lostTransactions
        return inventory
    }

    private func inspect(_ path: String, after id: Int64) throws -> DiskStore.Inventory {
        let store = try DiskStore(path: path, settings: settings)
        let inventory = try store.inventory(after: id)
        self.store = store
        return inventory
    }

    /// - Returns: rows that were lost, at least 1: something was.
    private func salvage(_ files: StorageFiles, because error: StorageError) throws(ExporterError) -> Int {
        do {
            files.removeSalvage()
            let lost = try DiskStore.salvage(files.path, into: files.salvagePath, settings: settings)
            let aside = try files.replaceDamaged(time: time(nil))
            log.warn("\(name): \(files.path.printable()) is damaged (\(error)): kept as \(aside.printable())")
            return max(lost, 1)
        } catch {
            throw unusable(files, error)
        }
    }

    private func unusable(_ files: StorageFiles, _ error: any Error) -> ExporterError {
        error as? ExporterError ?? StorageFiles.error(files.path, "\(error)")
    }

    /// Lets go of the files.
    func close() {
        store = nil
        files = nil
    }

    // MARK: At work

    /// What became of a round.
    struct Outcome {
        /// The rows that the batches are in; nil when they could not be stored.
        var rows: [StoredRow]?
        /// Whether the rows that were to go are gone.
        var areDeleted = false
    }

    /// Writes what is to be written, wholly or not at all.
    func write(_ round: DiskQueueState.Round) -> Outcome {
        guard let store else { return Outcome() }
        do {
            let rows = try store.write(packer.rows(of: round.batches), deleting: round.deletions)
            return Outcome(rows: rows, areDeleted: true)
        } catch {
            note(error, .writing, "cannot store \(signal.items)")
            guard !error.isDamage, !round.batches.isEmpty, !round.deletions.isEmpty else { return Outcome() }
            // On a full disk this may be what makes room.
            let areDeleted = (try? store.write([], deleting: round.deletions)) != nil
            return Outcome(areDeleted: areDeleted)
        }
    }

    /// Reads what is to be read; nil when it could not be.
    func read(after id: Int64, bytes: Int) -> DiskStore.Page? {
        do {
            return try store?.read(after: id, bytes: bytes)
        } catch {
            note(error, .reading, "cannot read what is stored")
            return nil
        }
    }

    /// Says that something was damaged.
    func noteCorrupt(_ items: Int) {
        complain(.corrupt, "dropped \(items) \(signal.items) (\(DropReason.corrupt.rawValue)): their checksum is wrong")
    }

    /// Says that the database could not be opened again.
    func note(_ error: ExporterError) { complain(.damaged, "\(error)") }

    /// For when nothing is stored.
    func shrink() { store?.shrink() }

    private func note(_ error: StorageError, _ complaint: Complaint, _ what: String) {
        complain(complaint, "\(what): \((files?.path ?? "").printable()): \(error)")
        if error.isDamage { store = nil }
    }

    private func complain(_ complaint: Complaint, _ text: String) {
        guard let suppressed = throttle.admit(complaint, now: Monotonic.now()) else { return }
        let more = suppressed > 0 ? " (and \(suppressed) more like this since the last time)" : ""
        log.warn("\(name): \(text)\(more)")
    }
}
