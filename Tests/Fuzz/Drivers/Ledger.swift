import Capture

/// What every consumer of observations relies on, checked as they come.
struct Ledger {
    /// Whether no exchange may be opened twice. It may when connections were forgotten for want of room (what is sent
    /// again is read again then), and where a parser that gives up leaves a record to be recognised anew.
    let isStrict: Bool
    private var open: [ExchangeEnd: (socket: UInt64, hasFirstByte: Bool)] = [:]
    private var seen: Set<ExchangeEnd> = []
    private var opened: UInt64 = 0
    private var losses = LossCounters()

    init(isStrict: Bool) { self.isStrict = isStrict }

    /// Takes a batch in and empties it.
    mutating func take(_ batch: inout ObservationBatch) {
        for observation in batch.observations {
            switch observation {
            case .opened(let exchange):
                require(open[exchange.end] == nil, "an exchange is opened that is open: \(exchange)")
                if isStrict, exchange.local.family != .unix {
                    require(seen.insert(exchange.end).inserted, "an exchange is opened again: \(exchange)")
                }
                require(exchange.outcome == .open, "an exchange is opened as \(exchange.outcome)")
                open[exchange.end] = (exchange.socket, false)
                opened += 1
                check(exchange, batch.fields)
            case .firstByte(let end, _):
                require(open[end]?.hasFirstByte == false, "a first byte twice, or of no open exchange: \(end)")
                open[end]?.hasFirstByte = true
            case .closed(let exchange):
                let known = open.removeValue(forKey: exchange.end)
                require(known != nil, "an exchange is closed that is not open: \(exchange)")
                require(known?.socket == exchange.socket, "an exchange changed its socket: \(exchange)")
                require(exchange.outcome != .open, "an exchange is closed as open")
                // What nobody answers is complete without one.
                require(
                    known?.hasFirstByte == (exchange.responseStart.time != 0), "a first byte untold: \(exchange)")
                let moved = max(exchange.requestEnd.time, exchange.responseEnd.time)
                require(exchange.ended >= moved, "an exchange ended before its last byte: \(exchange)")
                check(exchange, batch.fields)
            case .lineage(.continued(let end, _)):
                require(open[end] != nil, "an exchange goes on that is not open: \(end)")
            case .lineage: break
            case .lost(let loss):
                require(loss.count > 0, "a loss of nothing: \(loss.reason)")
                losses[loss.reason] += loss.count
            }
        }
        batch.removeAll()
    }

    /// After the end: nothing is open, and every count is right.
    func close(_ counters: CaptureCounters, losses counted: LossCounters) {
        require(open.isEmpty, "\(open.count) exchanges are open at the end")
        require(counters.opened == opened && counters.closed == opened, "\(opened) opened, counted \(counters)")
        require(counters.connections == 0, "\(counters.connections) connections are left")
        for reason in LossReason.allCases {
            require(
                losses[reason] == counted[reason], "\(reason): \(losses[reason]) reported, \(counted[reason]) counted")
        }
    }

    private func check(_ exchange: Exchange, _ buffer: FieldBuffer) {
        if exchange.protocol == .http1 {
            require(exchange.status == 0 || (100...999).contains(exchange.status), "status \(exchange.status)")
        }
        let (start, count) = (Int(exchange.fields.start), Int(exchange.fields.count))
        require(start + count <= buffer.fields.count, "fields \(start) + \(count) of \(buffer.fields.count)")
        require(count <= FieldBuffer.maximumFields, "\(count) fields")
        for field in buffer.fields[start..<start + count] {
            for range in [field.name, field.value] {
                require(Int(range.offset) + Int(range.count) <= buffer.bytes.count, "\(range) of \(buffer.bytes.count)")
                require(range.count <= FieldBuffer.maximumValue, "a value of \(range.count) bytes")
            }
        }
    }
}
