// What a parser says of an exchange that is under way, besides that its bytes moved.
extension ExchangeTable {
    /// Adds a number as a field, in decimal digits.
    mutating func add(_ key: FieldKey, _ carrier: Carrier, number: UInt64, to handle: ExchangeHandle) {
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
            var first = 20
            var rest = number
            repeat {
                first -= 1
                digits[first] = 0x30 + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            add(key, carrier, value: UnsafeRawBufferPointer(rebasing: digits[first...]), to: handle)
        }
    }

    /// The response's status is known.
    mutating func setStatus(_ status: Int32, of handle: ExchangeHandle) {
        guard isValid(handle) else { return }
        slots[handle.index].exchange.status = status
    }

    /// The body is OTLP's. Said before it is opened.
    mutating func setCarriesTelemetry(_ handle: ExchangeHandle) {
        guard isValid(handle) else { return }
        slots[handle.index].exchange.carriesTelemetry = true
    }

    /// The protocol calls the answer a failure.
    mutating func setFailed(_ handle: ExchangeHandle) {
        guard isValid(handle) else { return }
        slots[handle.index].exchange.hasFailed = true
    }

    /// What the exchange does with messages. Said before it is opened.
    mutating func setMessage(_ operation: MessageOperation, of handle: ExchangeHandle) {
        guard isValid(handle) else { return }
        slots[handle.index].exchange.message = operation
    }

    /// So many more messages of a side were seen, or ``Exchange/unknownLength`` when some were missed.
    mutating func countMessages(_ count: UInt64, from side: Side, of handle: ExchangeHandle) {
        guard isValid(handle) else { return }
        if side == .requester {
            slots[handle.index].exchange.requestMessages = ExchangeTable.sum(
                slots[handle.index].exchange.requestMessages, count)
        } else {
            slots[handle.index].exchange.responseMessages = ExchangeTable.sum(
                slots[handle.index].exchange.responseMessages, count)
        }
    }

    /// The exchange is of interest only if it fails: should the connection end before, it is not missed.
    mutating func setSilent(_ handle: ExchangeHandle) {
        guard isValid(handle) else { return }
        slots[handle.index].isSilent = true
    }

    /// Leaves a remark of the parser's own with an exchange.
    mutating func setNote(_ note: UInt8, of handle: ExchangeHandle) {
        guard isValid(handle) else { return }
        slots[handle.index].note = note
    }

    /// The parser's remark; 0 when it left none, nil when the exchange is over.
    func note(of handle: ExchangeHandle) -> UInt8? { isValid(handle) ? slots[handle.index].note : nil }

    /// The key an exchange was begun with; nil when it is over.
    func key(of handle: ExchangeHandle) -> UInt64? { isValid(handle) ? slots[handle.index].key : nil }

    /// Whether the exchange's request has been opened.
    func isOpen(_ handle: ExchangeHandle) -> Bool { isValid(handle) && slots[handle.index].isOpen }
}
