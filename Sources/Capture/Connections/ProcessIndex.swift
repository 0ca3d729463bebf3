/// The connections that each process used last, so that its end finds them.
struct ProcessIndex {
    private struct Entry {
        var hash: UInt64
        var list = IndexList()
    }

    private var table = IndexTable()
    private var entries = Slab<Entry>()
    private var links = IndexLinks()

    /// Adds a connection to a process's; returns the place to remove it from.
    mutating func add(_ connection: Int32, to process: ProcessKey) -> Int32 {
        let hash = ProcessIndex.hash(process)
        let place: Int32
        if let known = table[hash] {
            place = known
        } else {
            place = entries.take { Entry(hash: hash) }
            entries[place] = Entry(hash: hash)
            table.insert(hash, place)
        }
        links.append(connection, to: &entries[place].list)
        return place
    }

    /// Removes a connection from the process's at a place.
    mutating func remove(_ connection: Int32, from place: Int32) {
        links.remove(connection, from: &entries[place].list)
        guard entries[place].list.count == 0 else { return }
        table.remove(entries[place].hash)
        entries.release(place)
    }

    /// A connection of a process; nil when it has none.
    func first(of process: ProcessKey) -> Int32? {
        guard let place = table[ProcessIndex.hash(process)] else { return nil }
        return entries[place].list.first
    }

    private static func hash(_ process: ProcessKey) -> UInt64 {
        Mixer.mix(UInt64(process.pid) &+ Mixer.mix(process.start)) | 1
    }
}
