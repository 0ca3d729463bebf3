internal import Capture

/// By which name a process knows an address: the name it asked a resolver for last, as the captured answers have it, else what
/// its `/etc/hosts` says, else what anybody in its network namespace asked for (a resolver of the host asks on others' behalf).
/// Nothing is ever looked up for it.
///
/// An answer holds for as long as the resolver says, and at least ``shortestLife``, counted anew whenever the name is used: a
/// connection outlives the answer that led to it, and must not change its server's name. Bounded: when a generation is full,
/// what was not used since the last one was full is forgotten.
///
/// A value without a clock: times are those of exchanges, ns.
struct ServerNames: Sendable {
    /// Most names of a generation, of which there are two.
    static let generation = 8192
    /// How long a name holds that is not used, ns.
    static let shortestLife: UInt64 = 600_000_000_000
    /// And at most.
    static let longestLife: UInt64 = 86_400_000_000_000

    private struct Key: Hashable {
        /// A process, a network namespace, or a host.
        var owner: ProcessKey
        var address: Address
    }

    private struct Entry {
        var name: String
        var life: UInt64
        var until: UInt64
    }

    private var young: [Key: Entry] = [:]
    private var old: [Key: Entry] = [:]

    /// No names.
    init() {}

    /// How many names are remembered.
    var count: Int { young.count + old.count }

    /// Learns what an exchange tells, if it is a question that was answered with addresses.
    mutating func learn(_ exchange: Exchange, fields: borrowing FieldBuffer) {
        guard exchange.protocol == .dns, exchange.end.role == .client, !exchange.hasFailed,
            let answers = fields.first(.answers, in: exchange.fields),
            let question = fields.first(.questionName, in: exchange.fields)
        else { return }
        let now = exchange.ended
        fields.withBytes(of: question.value) { name in
            fields.withBytes(of: answers.value) { addresses in
                DNSAnswers.forEach(addresses) { address, seconds in
                    let address = Address(high: address.high, low: address.low)
                    learn(Self.owner(of: exchange), address, name, seconds, now: now)
                    guard exchange.process.key != .none else { return }
                    learn(Self.neighbours(of: exchange), address, name, seconds, now: now)
                }
            }
        }
    }

    /// The name by which the end that connected knows the other; nil when none is known, and for the end that accepted.
    ///
    /// - Parameter hosts: its process's `/etc/hosts`.
    mutating func name(for exchange: Exchange, hosts: HostsFile) -> String? {
        guard exchange.isAtClient, exchange.peer.family != .unix, !exchange.peer.isUnspecified else {
            return nil
        }
        let address = Address(exchange.peer)
        if let name = use(Self.owner(of: exchange), address, now: exchange.ended) { return name }
        if let name = hosts.name(of: address) { return name }
        guard exchange.process.key != .none else { return nil }
        return use(Self.neighbours(of: exchange), address, now: exchange.ended)
    }

    /// Whether a name says more than its address: `localhost` and its like do not.
    static func isTelling(_ name: String) -> Bool {
        let name = name.lowercased()
        return !name.isEmpty && name != "localhost" && !name.hasPrefix("localhost.") && !name.hasSuffix(".localhost")
            && !["localhost4", "localhost6", "ip6-localhost", "ip6-loopback", "broadcasthost"].contains(name)
            && !name.hasPrefix("localhost4.") && !name.hasPrefix("localhost6.")
    }

    // MARK: The table

    /// Whose the names are: the process's, or where none is known, the host's, by its address.
    private static func owner(of exchange: Exchange) -> ProcessKey {
        guard exchange.process.key == .none else { return exchange.process.key }
        return ProcessKey(pid: 0, start: exchange.local.high ^ exchange.local.low)
    }

    /// All that share its network namespace. No process has the number 0.
    private static func neighbours(of exchange: Exchange) -> ProcessKey {
        ProcessKey(pid: 0, start: UInt64(exchange.process.networkNamespace))
    }

    private mutating func learn(
        _ owner: ProcessKey, _ address: Address, _ name: UnsafeRawBufferPointer, _ seconds: UInt32, now: UInt64
    ) {
        let key = Key(owner: owner, address: address)
        let life = min(max(UInt64(seconds) &* 1_000_000_000, Self.shortestLife), Self.longestLife)
        // Most answers say what is known: then nothing is made anew.
        if let entry = young[key], entry.name.utf8.elementsEqual(name) {
            young[key]?.until = now &+ life
            young[key]?.life = life
            return
        }
        // What had to be escaped is no host's name.
        guard !name.isEmpty, name.count <= HostsFile.longestName, !name.contains(UInt8(ascii: "\\")) else { return }
        let text = String(decoding: name, as: UTF8.self)
        guard Self.isTelling(text) else { return }
        keep(Entry(name: text, life: life, until: now &+ life), key)
    }

    private mutating func use(_ owner: ProcessKey, _ address: Address, now: UInt64) -> String? {
        guard count > 0 else { return nil }
        let key = Key(owner: owner, address: address)
        guard var entry = young[key] ?? old[key], now < entry.until else { return nil }
        // Renewed a few times in its life rather than at each use.
        if now &+ entry.life > entry.until &+ entry.life / 4 || young[key] == nil {
            entry.until = now &+ entry.life
            keep(entry, key)
        }
        return entry.name
    }

    private mutating func keep(_ entry: Entry, _ key: Key) {
        if young.count >= Self.generation, young[key] == nil {
            swap(&young, &old)
            young.removeAll(keepingCapacity: true)
        }
        young[key] = entry
    }
}
