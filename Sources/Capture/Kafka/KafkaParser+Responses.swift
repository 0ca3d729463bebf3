extension KafkaParser {
    /// A response's first bytes are there.
    mutating func response(_ head: MessageCutter.Head, in exchanges: inout ExchangeTable) {
        answering = KafkaMoving()
        var reader = KafkaReader(UnsafeRawBufferPointer(rebasing: head.bytes.dropFirst(4)))
        let id = reader.integer(Int32.self)
        guard !reader.isExhausted, let (request, older) = outstanding.remove(id) else {
            unknownResponse(head, isCut: reader.isExhausted, in: &exchanges)
            return
        }
        isTentative.responder = false
        succeeded()
        if hasMissedResponses {
            // Brokers answer in order: those of the requests before it were among what was missed.
            for _ in 0..<older { exchanges.close(outstanding.removeFirst().handle, .cutOff) }
            hasMissedResponses = false
        }
        guard let api = KafkaAPI.of(request.key) else { return }
        answering.handle = request.handle
        let isFlexible = request.version >= api.flexible
        // Clients read the versions' response before they know which version the broker speaks: its header has no tags.
        if isFlexible, request.key != KafkaAPI.apiVersions { reader.skipTags() }

        exchanges.kafka.seen.removeAll(keepingCapacity: true)
        var contents = KafkaContents()
        contents.names = exchanges.kafka.names
        var walk = KafkaWalk(reader: reader, version: request.version, isFlexible: isFlexible)
        walk.run(api.response, into: &contents) { bytes, length, contents in
            guard length > 0 else { return }
            let before = contents.records.count
            KafkaRecordReader.read(
                bytes, length: length, into: &contents.records, of: request.handle, in: &exchanges)
            if contents.records.count > before { contents.deliver() }
        }
        if walk.isCut { contents.records.isWhole = false }
        let hasFailed = contents.error != 0 && !isExpected(contents.error, of: request.key)
        if api.use == .silent, !hasFailed {
            answering.isPassedOver = true
            return
        }
        exchanges.beginResponse(request.handle, at: head.start)
        exchanges.responseMoved(request.handle)
        exchanges.setStatus(Int32(contents.error), of: request.handle)
        if hasFailed { fail(request.handle, contents.error, in: &exchanges) }
        describe(contents, api, request, in: &exchanges)
    }

    /// The response whose bytes moved is over.
    mutating func endResponse(in exchanges: inout ExchangeTable) {
        if answering.isPassedOver {
            exchanges.passOver(answering.handle)
        } else {
            exchanges.endResponse(answering.handle)
        }
        answering = KafkaMoving()
    }

    /// A response that no request was seen for.
    private mutating func unknownResponse(
        _ head: MessageCutter.Head, isCut: Bool, in exchanges: inout ExchangeTable
    ) {
        // One of those that log-in consists of has no number.
        guard !isNegotiating else { return }
        if isCut {
            // Whose it is was not seen: one of those that are owed.
            hasMissedResponses = true
            return
        }
        if isTentative.responder { return fail(.responder, in: &exchanges) }
        if !hasSucceeded, outstanding.isEmpty, case .header = KafkaRequestHeader.read(head.bytes) {
            exchanges.surrender = .mistaken
            return
        }
        exchanges.count(.orphanResponse)
        isSure = false
    }

    /// Errors by which a protocol goes its usual way: a lower version is asked for next, or the id that came is used.
    private func isExpected(_ error: Int16, of key: Int16) -> Bool {
        let unsupportedVersion: Int16 = 35
        let memberIDRequired: Int16 = 79
        return (key == KafkaAPI.apiVersions && error == unsupportedVersion)
            || (key == KafkaAPI.joinGroup && error == memberIDRequired)
    }

    private func fail(_ handle: ExchangeHandle, _ error: Int16, in exchanges: inout ExchangeTable) {
        exchanges.setFailed(handle)
        if let name = KafkaErrorName.of(error) {
            exchanges.add(.errorCode, .responseHeader, value: name.bytes, to: handle)
        } else if error > 0 {
            exchanges.add(.errorCode, .responseHeader, number: UInt64(error), to: handle)
        }
    }

    /// Says of an exchange what its response told.
    private func describe(
        _ contents: KafkaContents, _ api: KafkaAPI, _ request: KafkaRequest, in exchanges: inout ExchangeTable
    ) {
        let handle = request.handle
        switch api.use {
        case .send:
            guard contents.partitions == 1, contents.error == 0, contents.offset >= 0 else { return }
            exchanges.add(.messageOffset, .responseHeader, number: UInt64(contents.offset), to: handle)
        case .poll:
            exchanges.describe(contents.records, to: handle)
            if let delivered = contents.delivered {
                if !request.hasDestination { _ = exchanges.add(destination: delivered.topic, to: handle) }
                if contents.deliveries == 1, contents.records.isWhole, delivered.partition >= 0 {
                    exchanges.add(.partition, .responseHeader, number: UInt64(delivered.partition), to: handle)
                    if let offset = contents.records.firstOffset, offset >= 0 {
                        exchanges.add(.messageOffset, .responseHeader, number: UInt64(offset), to: handle)
                    }
                }
            }
            if contents.records.isWhole, contents.records.count == 1, let length = contents.records.firstValue {
                exchanges.responseMoved(handle, body: length)
            }
        case .request, .settle, .silent: break
        }
    }
}
