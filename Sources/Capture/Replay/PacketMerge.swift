/// The packets of several capture files by time.
///
/// Files are first opened one after the other to see when each begins. Then a file is open only from the moment the
/// others have reached its beginning: a row of files that one `tcpdump -C` wrote is read one after the other, files that
/// overlap are merged. Within a file packets stay in its order, even where its times step back. What is held is one
/// buffer for each file that is open.
///
/// Used by one thread.
package struct PacketMerge {
    /// A file whose turn has not come.
    private struct Waiting {
        var path: String
        var begins: UInt64
    }

    /// Most warnings that are kept; more are not worth a reader's time.
    static let maximumWarnings = 256

    /// What was wrong with the files so far, one line each, ending in what became of it.
    package private(set) var warnings: [String] = []
    /// Addresses of the capturing host that the files name, since they were last taken.
    package private(set) var addresses: [Endpoint] = []

    /// By when they begin, the first of them last.
    private var waiting: [Waiting] = []
    private var open: [PacketFile] = []
    private var used: Int?

    /// Opens every file far enough to see when it begins.
    ///
    /// - Throws: the first of the files that cannot be read or is no packet capture, and says why.
    package init(paths: [String]) throws(CaptureError) {
        if paths.count(where: { $0 == "-" }) > 1 {
            throw CaptureError("-: the standard input can be read once only; name it once")
        }
        for path in paths {
            let file = try PacketFile(path: path)
            try file.advance()
            addresses += file.takeAddresses()
            if file.isStream || paths.count == 1 {
                open.append(file)
                note(file)
            } else if let packet = file.packet {
                waiting.append(Waiting(path: path, begins: packet.time))
            } else {
                note(file)
            }
        }
        // Stable, so that files which begin together stay in the order they were named.
        waiting.reverse()
        waiting.sort { $0.begins > $1.begins }
        open.removeAll { $0.packet == nil }
    }

    /// Whether the next ``next()`` need not wait for a pipe, after waiting at most so many milliseconds.
    package func isReady(milliseconds: Int32) -> Bool {
        guard let used else { return true }
        return open[used].isReady(milliseconds: milliseconds)
    }

    /// The next packet, borrowed until the next call; nil after the last.
    package mutating func next() throws(CaptureError) -> Packet? {
        if let used {
            let file = open[used]
            try file.advance()
            note(file)
            if file.packet == nil { open.remove(at: used) }
            self.used = nil
        }
        var earliest = index()
        while let following = waiting.last, earliest.map({ time($0) >= following.begins }) ?? true {
            waiting.removeLast()
            let file = try PacketFile(path: following.path)
            try file.advance()
            note(file)
            if file.packet != nil { open.append(file) }
            earliest = index()
        }
        guard let earliest else { return nil }
        used = earliest
        return open[earliest].packet
    }

    /// Hands over ``addresses``.
    package mutating func takeAddresses() -> [Endpoint] {
        defer { addresses.removeAll() }
        return addresses
    }

    private func index() -> Int? { open.indices.min { time($0) < time($1) } }

    private func time(_ index: Int) -> UInt64 { open[index].packet?.time ?? .max }

    private mutating func note(_ file: PacketFile) {
        let found = file.takeAddresses()
        if !found.isEmpty { addresses += found }
        let new = file.takeWarnings()
        if !new.isEmpty, warnings.count + new.count <= PacketMerge.maximumWarnings { warnings += new }
    }
}
