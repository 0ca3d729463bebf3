// What parsers say of the values in a request. Nothing of it is done where nobody asked for values.
extension ExchangeTable {
    /// Memory that hashes take, bytes.
    static func size(of values: borrowing ValueSet) -> Int { values.hashes.count * 8 }

    /// The target of an HTTP request.
    mutating func addValues(target: UnsafeRawBufferPointer, isCut: Bool = false, to handle: ExchangeHandle) {
        addValues(target, isCut: isCut, to: handle) { $0.target($1, isCut: $2, into: &$3) }
    }

    /// A header of a request that nothing is known of by its name, or a parameter like one.
    mutating func addValues(
        header name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, to handle: ExchangeHandle
    ) {
        addValues(value, isCut: false, to: handle) { scanner, value, _, set in
            scanner.header(name, value, into: &set)
        }
    }

    /// The first bytes of a request's body.
    mutating func addValues(body: UnsafeRawBufferPointer, _ kind: BodyKind, isCut: Bool, to handle: ExchangeHandle) {
        guard kind != .none else { return }
        addValues(body, isCut: isCut, to: handle) { $0.body($1, kind, isCut: $2, into: &$3) }
    }

    /// The literals of a statement.
    mutating func addValues(
        statement: UnsafeRawBufferPointer, _ doubleQuotes: ValueScanner.DoubleQuotes, isCut: Bool,
        to handle: ExchangeHandle
    ) {
        addValues(statement, isCut: isCut, to: handle) { $0.statement($1, doubleQuotes, isCut: $2, into: &$3) }
    }

    /// A text of which nothing is known: a key, a topic, a parameter.
    mutating func addValues(text: UnsafeRawBufferPointer, isCut: Bool = false, to handle: ExchangeHandle) {
        addValues(text, isCut: isCut, to: handle) { $0.words($1, .none, isCut: $2, into: &$3) }
    }

    /// Bytes that may be a text, or a UUID.
    mutating func addValues(opaque bytes: UnsafeRawBufferPointer, isCut: Bool = false, to handle: ExchangeHandle) {
        addValues(bytes, isCut: isCut, to: handle) { $0.opaque($1, isCut: $2, into: &$3) }
    }

    /// A number.
    mutating func addValues(number: Int64, to handle: ExchangeHandle) {
        withUnsafeBytes(of: number) { bytes in
            addValues(bytes, isCut: false, to: handle) { scanner, _, isCut, set in
                if !isCut { scanner.number(number, into: &set) }
            }
        }
    }

    /// Up to 16 bytes that text has as hexadecimal digits.
    mutating func addValues(hexadecimal bytes: UnsafeRawBufferPointer, to handle: ExchangeHandle) {
        addValues(bytes, isCut: false, to: handle) { scanner, bytes, isCut, set in
            if !isCut { scanner.hexadecimal(bytes, into: &set) }
        }
    }

    /// Finds values in as many of the bytes as may still be looked at.
    @inline(__always)
    private mutating func addValues(
        _ bytes: UnsafeRawBufferPointer, isCut: Bool, to handle: ExchangeHandle,
        _ find: (ValueScanner, UnsafeRawBufferPointer, Bool, inout ValueSet) -> Void
    ) {
        guard values.isOn, isValid(handle) else { return }
        let (index, former) = (handle.index, slots[handle.index].values.hashes.count)
        let changes = slots[index].values.changes
        let count = slots[index].values.take(bytes.count)
        guard count > 0 else { return }
        let part = UnsafeRawBufferPointer(rebasing: bytes[..<count])
        find(values, part, isCut || count < bytes.count, &slots[index].values)
        guard slots[index].values.changes != changes else { return }
        if !budget.take((slots[index].values.hashes.count - former) * 8) {
            losses.count(.fieldCut)
            slots[index].values.keepFirst(former)
        }
        if slots[index].isOpen { retell(index) }
    }

    /// Adds the field of the values behind the other fields in the batch. What is the exchange's request id or context is
    /// evidence of its own, and is left out here.
    mutating func tellValues(of index: Int32, with range: inout FieldRange) {
        slots[index].toldValues = slots[index].values.changes
        let former = slots[index].values.hashes.count
        for field in slots[index].fields.fields where field.key == .requestID || field.key == .context {
            var ids = ValueSet()
            swap(&ids, &scratch)
            slots[index].fields.withBytes(of: field.value) { values.words($0, .percent, into: &ids) }
            slots[index].values.subtract(ids)
            ids.removeAll()
            swap(&ids, &scratch)
        }
        budget.give((former - slots[index].values.hashes.count) * 8)
        guard !slots[index].values.hashes.isEmpty else { return }
        if range.count == 0 { range.start = UInt32(truncatingIfNeeded: batch.fields.fields.count) }
        slots[index].values.hashes.withUnsafeBytes { batch.fields.append(.values, .requestHeader, value: $0) }
        range.count += 1
    }

    /// More values were found in a request that was opened. Where that is still in the batch, it is completed; else they come
    /// when the exchange is closed.
    private mutating func retell(_ index: Int32) {
        let place = slots[index].openedAt
        guard place < batch.observations.count, case .opened(var exchange) = batch.observations[place],
            exchange.end == slots[index].exchange.end
        else { return }
        exchange.fields = copy(index).fields
        batch.observations[place] = .opened(exchange)
    }
}
