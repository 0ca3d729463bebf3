// What a message means.
extension DNSParser {
    /// A query.
    ///
    /// - Parameter offset: of its first byte in its direction; nil in a datagram.
    mutating func ask(
        _ header: DNSHeader, _ message: UnsafeRawBufferPointer, offset: UInt64?, at point: ExecutionPoint,
        in exchanges: inout ExchangeTable
    ) -> ExchangeHandle {
        guard header.isPlausible, case .whole(let question) = DNSQuestion.read(message) else {
            exchanges.count(.malformed)
            return .none
        }
        let hash = question.hash
        if let place = queries.place(of: header.id, hash) {
            exchanges.close(queries[place].handle, .noResponse)
            queries.remove(at: place)
        }
        let key = hash ^ UInt64(header.id)
        let handle =
            if let offset {
                exchanges.begin(key: key, offset: offset, stream: UInt64(header.id), at: point)
            } else {
                exchanges.begin(key: key, offset: exchanges.repetition(of: key), stream: key, at: point)
            }
        guard handle != .none else { return .none }
        let isTransfer =
            question.type == DNSType.zoneTransfer || (question.type == DNSType.incrementalTransfer && offset != nil)
        queries.append(
            DNSQueries.Query(
                id: header.id, question: hash, isTransfer: isTransfer, time: point.time, handle: handle))
        describe(question, header, of: handle, in: &exchanges)
        exchanges.open(handle)
        return handle
    }

    private func describe(
        _ question: DNSQuestion, _ header: DNSHeader, of handle: ExchangeHandle, in exchanges: inout ExchangeTable
    ) {
        if let operation = header.operation {
            exchanges.add(.method, .requestHeader, text: operation, to: handle)
        }
        withUnsafeTemporaryAllocation(byteCount: DNSName.maximumText, alignment: 1) { text in
            let count = DNSName.write(question.name, to: text)
            let value = UnsafeRawBufferPointer(rebasing: text[..<count])
            exchanges.add(.questionName, .requestHeader, value: value, to: handle)
        }
        exchanges.add(
            .questionType, .requestHeader, text: DNSType.name(question.type), or: "TYPE", question.type, to: handle)
    }

    /// A response.
    ///
    /// - Returns: whose it is, and whether nothing more answers that one.
    mutating func answer(
        _ header: DNSHeader, _ message: UnsafeRawBufferPointer, at point: ExecutionPoint,
        in exchanges: inout ExchangeTable
    ) -> (ExchangeHandle, isLast: Bool) {
        var question: UInt64?
        var end = DNSHeader.length
        if header.questions > 0 {
            guard case .whole(let read) = DNSQuestion.read(message) else {
                exchanges.count(.malformed)
                return (.none, true)
            }
            question = read.hash
            end = read.end
        }
        // Of the messages that transfer a zone only the first need repeat the question (RFC 5936, section 2.2.1).
        guard let place = queries.place(of: header.id, question) else {
            exchanges.count(.orphanResponse)
            return (.none, true)
        }
        let handle = queries[place].handle
        let code = DNSResponseCode.read(message, header, from: end)
        var isLast = true
        var isFirst = true
        if queries[place].isTransfer, code == 0 {
            isFirst = queries[place].boundaries == 0
            queries[place].boundaries += DNSParser.boundaries(message, header, from: end, isFirst: isFirst)
            isLast = queries[place].boundaries > 1
        }
        if isLast { queries.remove(at: place) }
        exchanges.beginResponse(handle, at: point)
        guard isFirst else { return (handle, isLast) }
        exchanges.setStatus(Int32(code), of: handle)
        if code != 0 { exchanges.setFailed(handle) }
        exchanges.add(.errorCode, .responseHeader, text: DNSResponseCode.name(code), or: "RCODE", code, to: handle)
        exchanges.add(.rows, .responseHeader, number: UInt64(header.answers), to: handle)
        if code == 0 { addAnswers(message, header, from: end, to: handle, in: &exchanges) }
        return (handle, isLast)
    }

    /// The addresses that were answered, for whoever needs the name that a process knows an address by.
    private func addAnswers(
        _ message: UnsafeRawBufferPointer, _ header: DNSHeader, from start: Int, to handle: ExchangeHandle,
        in exchanges: inout ExchangeTable
    ) {
        withUnsafeTemporaryAllocation(byteCount: DNSAnswers.most * DNSAnswers.length, alignment: 1) { room in
            let count = DNSAnswers.write(message, from: start, count: Int(header.answers), to: room)
            guard count > 0 else { return }
            let value = UnsafeRawBufferPointer(rebasing: room[..<count])
            exchanges.add(.answers, .responseHeader, value: value, to: handle)
        }
    }

    /// How many times a message of a transfer has the zone's own record; the first one has it in any case.
    private static func boundaries(
        _ message: UnsafeRawBufferPointer, _ header: DNSHeader, from start: Int, isFirst: Bool
    ) -> Int {
        var count = 0
        DNSRecords(message, from: start, count: Int(header.answers)).forEach {
            if $0.type == DNSType.startOfAuthority { count += 1 }
        }
        return max(count, isFirst ? 1 : 0)
    }
}

extension ExchangeTable {
    /// Adds a mnemonic as a field, or where there is none a word and a number.
    fileprivate mutating func add(
        _ key: FieldKey, _ carrier: Carrier, text: StaticString?, or word: StaticString, _ number: UInt16,
        to handle: ExchangeHandle
    ) {
        if let text { return add(key, carrier, text: text, to: handle) }
        withUnsafeTemporaryAllocation(byteCount: 16, alignment: 1) { room in
            var first = 16
            var rest = number
            repeat {
                first -= 1
                room[first] = 0x30 + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            for index in stride(from: word.utf8CodeUnitCount - 1, through: 0, by: -1) {
                first -= 1
                room[first] = word.utf8Start[index]
            }
            add(key, carrier, value: UnsafeRawBufferPointer(rebasing: room[first...]), to: handle)
        }
    }
}
