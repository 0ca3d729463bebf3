/// What a request's body says: protocol version, service, version of the service, method, types of the arguments, the
/// arguments, attachments. Names and attachments are handed on, arguments never.
struct DubboInvocation {
    /// The exchange that it is told of.
    let handle: ExchangeHandle

    /// Reads a body in Hessian 2.
    ///
    /// - Parameters:
    ///   - head: its first bytes.
    ///   - isWhole: whether they are all of it.
    func read(hessian head: UnsafeRawBufferPointer, isWhole: Bool, in exchanges: inout ExchangeTable) {
        var reader = HessianReader(head)
        guard reader.text() != nil, let service = reader.text(), reader.text() != nil, let method = reader.text() else {
            return
        }
        name(service, method, in: &exchanges)
        guard isWhole, let types = reader.text() else { return }
        for _ in 0..<DubboInvocation.count(of: types) {
            // What lies in an object or a list is passed over.
            if let text = reader.text() {
                exchanges.addValues(text: text, to: handle)
            } else if !reader.skip() {
                return
            }
        }
        _ = attachments(&reader, in: &exchanges)
    }

    /// Looks for the attachments at the end of a body whose middle was not kept: a map with names that ends where the body
    /// does.
    func read(hessianTail tail: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        guard tail.last == 0x5A else { return }
        var tries = 16
        for index in tail.indices.dropLast() where tail[index] == 0x48 && HessianReader.beginsText(tail[index + 1]) {
            guard tries > 0 else { return }
            tries -= 1
            var probe = HessianReader(UnsafeRawBufferPointer(rebasing: tail[(index + 1)...]))
            while probe.next != 0x5A, let name = probe.text(), !name.isEmpty, probe.text() != nil || probe.skip() {}
            guard probe.next == 0x5A, probe.rest.count == 1 else { continue }
            var reader = HessianReader(UnsafeRawBufferPointer(rebasing: tail[index...]))
            _ = attachments(&reader, in: &exchanges)
            return
        }
    }

    /// Reads a body of JSON, a value a line.
    func read(json body: UnsafeRawBufferPointer, isWhole: Bool, in exchanges: inout ExchangeTable) {
        var lines = DubboLines(body)
        guard lines.next() != nil, let service = lines.text(), lines.next() != nil, let method = lines.text() else {
            return
        }
        name(service, method, in: &exchanges)
        guard isWhole, let types = lines.text() else { return }
        for _ in 0..<DubboInvocation.count(of: types) {
            guard let argument = lines.next() else { return }
            exchanges.addValues(body: argument, .json, isCut: false, to: handle)
        }
        guard let object = lines.next() else { return }
        DubboLines.members(of: object) { attachment($0, $1, in: &exchanges) }
    }

    private func name(
        _ service: UnsafeRawBufferPointer, _ method: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable
    ) {
        if !service.isEmpty { exchanges.add(.service, .requestHeader, value: service, to: handle) }
        if !method.isEmpty { exchanges.add(.method, .requestHeader, value: method, to: handle) }
    }

    private func attachments(_ reader: inout HessianReader, in exchanges: inout ExchangeTable) -> Bool {
        guard let tag = reader.next, tag == 0x48 || tag == 0x4D else { return false }
        reader.enterMap()
        while let next = reader.next, next != 0x5A {
            guard let name = reader.text() else {
                guard reader.skip(), reader.skip() else { return false }
                continue
            }
            if let value = reader.text() {
                attachment(name, value, in: &exchanges)
            } else if !reader.skip() {
                return false
            }
        }
        return true
    }

    private func attachment(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable
    ) {
        let headers = exchanges.headers
        headers.match(name) { use in
            guard case .named(let key) = use else { return }
            exchanges.add(key, .requestHeader, name: name, value: value, to: handle)
        }
    }

    /// How many types a descriptor has, as the Java virtual machine writes them: `ILjava/lang/String;[J` are three.
    private static func count(of types: UnsafeRawBufferPointer) -> Int {
        var (count, isName) = (0, false)
        for byte in types {
            if isName {
                isName = byte != 0x3B
            } else if byte != 0x5B {
                count += 1
                isName = byte == 0x4C
            }
        }
        return count
    }
}
