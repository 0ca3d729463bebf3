extension ExchangeTable {
    /// Adds a message's header if it is one of those that are handed on by their names (``HeaderSelection``).
    mutating func addHeader(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ carrier: Carrier, to handle: ExchangeHandle
    ) {
        let headers = headers
        headers.match(name) { use in
            if case .named(let key) = use { add(key, carrier, name: name, value: value, to: handle) }
        }
    }
}
