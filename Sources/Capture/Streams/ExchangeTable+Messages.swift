extension ExchangeTable {
    /// Adds a text of ours as a field.
    mutating func add(_ key: FieldKey, _ carrier: Carrier, text: StaticString, to handle: ExchangeHandle) {
        add(
            key, carrier, value: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount),
            to: handle)
    }

    /// A request that nobody answers is here, whole.
    mutating func finish(_ handle: ExchangeHandle, body: UInt64 = 0) {
        open(handle)
        requestMoved(handle, body: body)
        endRequest(handle)
        endResponse(handle)
    }
}
