import CInterspanBPF
import Testing

@testable import Capture

/// A tracker and everything that came out of it, held to what every consumer relies on.
struct TrackerRun: ~Copyable {
    /// An exchange as it was closed, with its fields as text.
    struct Closed {
        var exchange: Exchange
        var fields: [(key: FieldKey, name: String, value: String, carrier: Carrier, part: UInt16)]

        func value(_ key: FieldKey) -> String? { fields.first { $0.key == key }?.value }
        /// What the answer is known by besides its status.
        var answer: String? { value(.errorCode) ?? value(.rows) }
        /// What it does and to what: `GET /path`, `find users`.
        var operation: String {
            let about: [FieldKey] = [.target, .statement, .destination, .collection, .questionName, .serverName]
            let object = about.lazy.compactMap { value($0) }.first
            let service = value(.service).map { "\($0)/" } ?? ""
            let parts = [value(.method).map { service + $0 }, object].compactMap { $0 }
            return parts.isEmpty ? "?" : parts.joined(separator: " ")
        }
    }

    var tracker: ConnectionTracker
    var batch = ObservationBatch()
    var opened: [Closed] = []
    var closed: [Closed] = []
    var lineage: [Lineage] = []
    var losses: [Loss] = []
    var firstBytes: [ExchangeEnd] = []
    private var open: Set<ExchangeEnd> = []

    init(options: CaptureOptions = CaptureOptions()) { tracker = ConnectionTracker(options: options) }

    mutating func feed(_ record: TestRecord) {
        record.withRecord { tracker.consume($0, into: &batch) }
        collect()
    }

    mutating func feed(_ records: [TestRecord]) { for record in records { feed(record) } }

    mutating func advance(to time: UInt64) {
        tracker.advance(to: time, into: &batch)
        collect()
    }

    mutating func finish() {
        tracker.finish(into: &batch)
        collect()
        #expect(open.isEmpty, "every exchange that was opened is closed")
        #expect(tracker.counters.opened == tracker.counters.closed)
        #expect(tracker.counters.opened == UInt64(opened.count))
        #expect(tracker.counters.connections == 0)
        var reported = LossCounters()
        for loss in losses { reported[loss.reason] += loss.count }
        for reason in LossReason.allCases { #expect(reported[reason] == tracker.counters.losses[reason]) }
    }

    func lost(_ reason: LossReason) -> UInt64 { tracker.counters.losses[reason] }

    private mutating func collect() {
        for observation in batch.observations {
            switch observation {
            case .opened(let exchange):
                #expect(open.insert(exchange.end).inserted, "an exchange is opened once")
                #expect(exchange.outcome == .open || exchange.outcome == .shed)
                opened.append(describe(exchange))
            case .firstByte(let end, _):
                #expect(open.contains(end))
                firstBytes.append(end)
            case .closed(let exchange):
                #expect(open.remove(exchange.end) != nil, "an exchange is closed once, after it was opened")
                #expect(exchange.outcome != .open)
                closed.append(describe(exchange))
            case .lineage(let lineage):
                if case .continued(let end, _) = lineage { #expect(open.contains(end)) }
                self.lineage.append(lineage)
            case .lost(let loss): losses.append(loss)
            }
        }
        batch.removeAll()
    }

    private func describe(_ exchange: Exchange) -> Closed {
        let range = Int(exchange.fields.start)..<Int(exchange.fields.start + exchange.fields.count)
        let fields = range.map { index in
            let field = batch.fields.fields[index]
            let name = batch.fields.withBytes(of: field.name) { String(decoding: $0, as: UTF8.self) }
            let value = batch.fields.withBytes(of: field.value) { String(decoding: $0, as: UTF8.self) }
            return (field.key, name, value, field.carrier, field.part)
        }
        return Closed(exchange: exchange, fields: fields)
    }
}

/// A generator of repeatable numbers (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Mixer.mix(state)
    }
}
