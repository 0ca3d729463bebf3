extension KafkaParser {
    /// A request's first bytes are there.
    mutating func request(_ head: MessageCutter.Head, in exchanges: inout ExchangeTable) {
        asking = KafkaMoving()
        guard case .header(let header) = KafkaRequestHeader.read(head.bytes), let api = KafkaAPI.of(header.key),
            UInt64(header.size) + 4 == head.length
        else {
            // Its header is not all there, or it is none.
            if case .needs = KafkaRequestHeader.read(head.bytes) { return }
            if !isNegotiating { fail(.requester, in: &exchanges) }
            return
        }
        isTentative.requester = false
        isNegotiating = header.key == KafkaAPI.saslHandshake && header.version == 0
        giveUpEqual(header.id, in: &exchanges)
        let handle = exchanges.begin(
            key: UInt64(UInt32(bitPattern: header.id)), offset: head.offset,
            stream: UInt64(UInt32(bitPattern: header.id)), at: head.start)
        asking.handle = handle
        exchanges.add(.method, .requestHeader, value: api.name.bytes, to: handle)
        if !header.client.isEmpty { exchanges.add(.clientID, .requestHeader, value: header.client, to: handle) }
        exchanges.setMessage(api.use.operation, of: handle)

        exchanges.kafka.seen.removeAll(keepingCapacity: true)
        var contents = KafkaContents()
        let body = UnsafeRawBufferPointer(rebasing: head.bytes.dropFirst(header.end))
        var walk = KafkaWalk(
            reader: KafkaReader(body), version: header.version, isFlexible: header.version >= api.flexible)
        walk.run(api.request, into: &contents) { bytes, length, contents in
            KafkaRecordReader.read(bytes, length: length, into: &contents.records, of: handle, in: &exchanges)
        }
        if walk.isCut { contents.records.isWhole = false }
        let hasDestination = describe(contents, api, header, isCut: walk.isCut, in: &exchanges)
        asking.isOneWay = api.use == .send && contents.acks == 0
        if api.use == .silent { exchanges.setSilent(handle) } else { exchanges.open(handle) }
        guard !asking.isOneWay else { return }
        let request = KafkaRequest(
            id: header.id, key: header.key, version: header.version, handle: handle, hasDestination: hasDestination)
        if let oldest = outstanding.append(request) {
            exchanges.count(.tableFull)
            exchanges.close(oldest.handle, .cutOff)
        }
    }

    /// The request whose bytes moved is over.
    mutating func endRequest(in exchanges: inout ExchangeTable) {
        exchanges.endRequest(asking.handle)
        if asking.isOneWay { exchanges.endResponse(asking.handle) }
        asking = KafkaMoving()
    }

    /// Says of a request what it is about.
    ///
    /// - Parameter isCut: whether only its beginning was read.
    /// - Returns: whether it has a destination.
    private mutating func describe(
        _ contents: KafkaContents, _ api: KafkaAPI, _ header: KafkaRequestHeader, isCut: Bool,
        in exchanges: inout ExchangeTable
    ) -> Bool {
        let handle = asking.handle
        if !contents.group.isEmpty {
            exchanges.add(.consumerGroup, .requestHeader, value: contents.group, to: handle)
        }
        var topic: KafkaContents.Topic? = contents.topics > 0 ? contents.topic : nil
        if api.use == .poll {
            // Which of several topics it was about, the response says.
            if header.key == KafkaAPI.fetch {
                session.take(contents, isCut: isCut, in: &exchanges)
                topic = session.topic
            } else if contents.topics > 1 || isCut {
                topic = nil
            }
        } else if contents.partitions == 1, !isCut, contents.partition >= 0 {
            exchanges.add(.partition, .requestHeader, number: UInt64(contents.partition), to: handle)
        }
        if api.use == .send {
            exchanges.describe(contents.records, to: handle)
            if contents.records.isWhole, contents.records.count == 1, let length = contents.records.firstValue {
                exchanges.requestMoved(handle, body: length)
            }
        }
        guard let topic else { return false }
        return exchanges.add(destination: topic, to: handle)
    }

    /// When responses were missed, a number that is used again says that the earlier request's was among them.
    /// Otherwise both have their response to come, in the order of the requests.
    private mutating func giveUpEqual(_ id: Int32, in exchanges: inout ExchangeTable) {
        guard hasMissedResponses else { return }
        while let earlier = outstanding.remove(id) { exchanges.close(earlier.request.handle, .cutOff) }
    }
}

extension KafkaAPI.Use {
    /// What is done with messages.
    var operation: MessageOperation {
        switch self {
        case .request, .silent: .none
        case .send: .send
        case .poll: .receive
        case .settle: .settle
        }
    }
}

extension ExchangeTable {
    /// Adds a topic as an exchange's destination; false when its name is not known.
    mutating func add(destination topic: KafkaContents.Topic, to handle: ExchangeHandle) -> Bool {
        if !topic.name.isEmpty {
            add(.destination, .requestHeader, value: topic.name, to: handle)
            return true
        }
        var isKnown = false
        kafka.names.with(topic.id) { name in
            add(.destination, .requestHeader, value: name, to: handle)
            isKnown = true
        }
        return isKnown
    }

    /// Says how many messages there are, if that is known, and of how many the contexts are not handed on.
    mutating func describe(_ records: KafkaRecordSummary, to handle: ExchangeHandle) {
        if records.contextsLeft > 0 {
            add(.contextsLeft, .messageMetadata, number: records.contextsLeft, to: handle)
        }
        let unknown = max(records.unread, records.isWhole ? 0 : 1)
        if unknown > 0 { add(.contextsUnknown, .messageMetadata, number: unknown, to: handle) }
        guard records.isWhole else { return }
        add(.batchSize, .requestHeader, number: records.count, to: handle)
    }
}

extension StaticString {
    /// Its bytes, which are there for ever.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount) }
}
