extension ExchangeTable {
    /// Adds a field of which only the name is known, and that it is there; counted as cut. A context that is not known whole
    /// is a zero byte (``FieldKey/context``); of any other kind there is nothing worth handing on.
    mutating func addUnknown(
        _ key: FieldKey, _ carrier: Carrier, part: UInt16 = 0, name: UnsafeRawBufferPointer, to handle: ExchangeHandle
    ) {
        count(.fieldCut)
        guard key == .context else { return }
        withUnsafeBytes(of: UInt8(0)) { add(key, carrier, part: part, name: name, value: $0, to: handle) }
    }

    /// Adds a response's header: request ids, which proxies echo, contexts, which are in the wrong place and are known for
    /// that by their carrier, and those that the configuration asks for.
    mutating func addResponseHeader(
        _ key: FieldKey, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, to handle: ExchangeHandle
    ) {
        add(key, .responseHeader, name: name, value: value, to: handle)
    }

    /// Whether a whole set of a message's headers fits beside those of other messages of its batch.
    func hasRoom(forSet fields: Int, bytes: Int, of handle: ExchangeHandle) -> Bool {
        isValid(handle) && FieldBounds.hasRoom(forSet: fields, bytes: bytes, in: slots[handle.index])
    }

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
