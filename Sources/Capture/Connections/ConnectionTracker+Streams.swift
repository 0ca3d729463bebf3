import CInterspanBPF

// Segments in order: recognised, then parsed.
extension ConnectionTracker {
    /// How often, at a change of direction, the bytes of a connection seen from its beginning may be of no protocol.
    private static let failuresFromBeginning = 4
    /// Likewise for a connection that was joined, most likely in the middle of something.
    private static let failuresWhenJoined = 16
    /// How many records of a connection seen from its beginning are looked at in vain.
    private static let recordsFromBeginning = 64
    /// Likewise for a connection that was joined.
    private static let recordsWhenJoined = 4096
    /// How often a connection may change what it speaks.
    private static let mostChanges = 4

    /// Passes a segment on whose place has come: what it repeats is left out.
    mutating func deliver(_ segment: Segment, _ index: Int32) {
        var segment = segment
        var isWhole = true
        let position = connections[index][isSent: segment.isSent]
        if !connections[index].isSequenced { segment.offset = position.next }
        if position.isKnown, segment.offset < position.next {
            exchanges.count(.duplicate)
            guard segment.end > position.next else { return }
            segment.dropFirst(position.next - segment.offset)
            isWhole = false
        }
        connections[index][isSent: segment.isSent].advance(to: segment.end)
        switch connections[index].stage {
        case .recognising: recognise(segment, index)
        case .parsing: parse(segment, index, isWhole: isWhole)
        case .ignored: break
        }
        if !segment.isSent { endReceived(index) }
    }

    /// Passes on that bytes are missing.
    mutating func deliverGap(_ count: UInt64, before segment: Segment, _ index: Int32) {
        exchanges.count(.gap, count)
        connections[index][isSent: segment.isSent].advance(to: segment.offset)
        connections[index].undecided = []
        guard case .parsing(let place, let requesterIsLocal) = connections[index].stage else { return }
        prepare(segment.header, index, place, requesterIsLocal: requesterIsLocal)
        let side: Side = segment.isSent == requesterIsLocal ? .requester : .responder
        parsers.unknown(count, from: side, at: place, in: &exchanges)
        settle(index, segment, after: segment.length, isAhead: true)
    }

    private mutating func parse(_ segment: Segment, _ index: Int32, isWhole: Bool = true) {
        guard case .parsing(let place, let requesterIsLocal) = connections[index].stage else { return }
        prepare(segment.header, index, place, requesterIsLocal: requesterIsLocal)
        let side: Side = segment.isSent == requesterIsLocal ? .requester : .responder
        // How many bytes come after those that the parser was given last.
        var after = segment.length
        if !segment.head.isEmpty {
            after &-= UInt64(segment.head.count)
            let bytes = StreamBytes(
                bytes: segment.head, offset: segment.offset, startsRecord: isWhole,
                endsRecord: segment.unknown == 0 && segment.tail.isEmpty)
            parsers.bytes(bytes, from: side, at: place, in: &exchanges)
        }
        if segment.unknown > 0, exchanges.surrender == nil {
            after &-= segment.unknown
            parsers.unknown(segment.unknown, from: side, at: place, in: &exchanges)
        }
        if !segment.tail.isEmpty, exchanges.surrender == nil {
            after = 0
            let bytes = StreamBytes(
                bytes: segment.tail, offset: segment.end &- UInt64(segment.tail.count), startsRecord: false,
                endsRecord: true)
            parsers.bytes(bytes, from: side, at: place, in: &exchanges)
        }
        settle(index, segment, after: after)
    }

    /// Tells the exchanges whose record comes.
    private mutating func prepare(
        _ header: UnsafePointer<interspan_record>, _ index: Int32, _ place: ParserTable.Place, requesterIsLocal: Bool
    ) {
        serial &+= 1
        exchanges.context.serial = serial
        exchanges.context.protocol = place.identity
        exchanges.context.connection = index
        exchanges.context.socket = connections[index].socket
        exchanges.context.local = connections[index].local
        exchanges.context.peer = connections[index].peer
        exchanges.context.identity = connections[index].identity(requesterIsLocal: requesterIsLocal)
        exchanges.context.role = requesterIsLocal ? .client : .server
        exchanges.context.sawOpening = connections[index].sawOpening
        exchanges.context.point = ExecutionPoint(header)
        exchanges.context.process = ProcessIdentity(header)
    }

    /// Does what the parser asked for.
    ///
    /// - Parameters:
    ///   - after: how many of the segment's bytes the parser has not been given.
    ///   - isAhead: whether the segment is only about to be passed on, so that it is not to be parsed here.
    private mutating func settle(_ index: Int32, _ segment: Segment, after: UInt64, isAhead: Bool = false) {
        exchanges.endRecord()
        let wishes = exchanges.takeWishes()
        guard case .parsing(_, let requesterIsLocal) = connections[index].stage else { return }
        if let wanted = wishes.requester { want(wanted, of: .requester, index, requesterIsLocal: requesterIsLocal) }
        if let wanted = wishes.responder { want(wanted, of: .responder, index, requesterIsLocal: requesterIsLocal) }
        guard let surrender = exchanges.surrender else { return }
        exchanges.surrender = nil
        switch surrender {
        case .leftAlone:
            stopParsing(index, .closed)
            ignore(index)
        case .unrecognised:
            ruleOut(index)
            stopParsing(index, .evicted)
            connections[index].failures += 1
            if !isAhead { recognise(segment, index, mayWait: false) }
        case .mistaken:
            stopParsing(index, .evicted)
            connections[index].failures += 1
            if !isAhead { recognise(segment, index, mayWait: false) }
        case .changed(let identity, let left):
            change(index, to: identity, segment, left: isAhead ? 0 : after &+ UInt64(clamping: left))
        }
    }

    /// The connection does not speak what it was taken to speak.
    private mutating func ruleOut(_ index: Int32) {
        guard case .parsing(let place, _) = connections[index].stage else { return }
        connections[index].ruledOut.insert(place.identity)
    }

    /// Something else is spoken from here on.
    ///
    /// - Parameter left: how many of the segment's bytes belong to it already.
    private mutating func change(_ index: Int32, to identity: ApplicationProtocol?, _ segment: Segment, left: UInt64) {
        guard case .parsing(let place, let requesterIsLocal) = connections[index].stage else { return }
        var rest = segment
        rest.dropFirst(segment.length &- min(left, segment.length))
        guard let identity, parsers.has(identity) else {
            stopParsing(index, .closed)
            // Each change costs one, so that what goes to and fro comes to an end.
            connections[index].failures += 1
            if rest.length > 0 { recognise(rest, index) }
            return
        }
        parsers.abandoned(at: place, in: &exchanges)
        parsers.release(place)
        connections[index].changes += 1
        guard connections[index].changes <= ConnectionTracker.mostChanges else {
            exchanges.closeAll(of: index, .evicted)
            exchanges.count(.unrecognised)
            return ignore(index)
        }
        let next = parsers.make(identity, recognised: .requester, atBeginning: (true, true))
        connections[index].stage = .parsing(next, requesterIsLocal: requesterIsLocal)
        if rest.length > 0 { parse(rest, index) }
    }

    /// Looks for a protocol's signature at the start of a record.
    private mutating func recognise(_ segment: Segment, _ index: Int32, mayWait: Bool = true) {
        var undecided: [HeldSegment] = []
        var (identity, verdict): (ApplicationProtocol?, Recognition) = (nil, .no)
        let ruledOut = connections[index].ruledOut
        if !connections[index].undecided.isEmpty {
            swap(&undecided, &connections[index].undecided)
            if undecided[0].isSent == segment.isSent {
                let start = undecided.flatMap(\.bytes) + segment.head.prefix(ParserTable.signatureLength)
                let hint = hint(segment, index, from: undecided[0].offset)
                (identity, verdict) = start.withUnsafeBytes { parsers.recognise($0, hint, ruledOut: ruledOut) }
            }
        }
        if verdict == .no {
            let hint = hint(segment, index, from: segment.offset)
            (identity, verdict) = parsers.recognise(segment.head, hint, ruledOut: ruledOut)
            if case .maybe = verdict { undecided = [] }
        }
        // Taken for one thing and then for another, again and again: it is neither.
        if connections[index].failures >= ConnectionTracker.failuresWhenJoined { verdict = .no }
        switch (identity, verdict) {
        case (let identity?, .yes(let side)):
            let requesterIsLocal = (side == .requester) == segment.isSent
            let isOtherNew = connections[index].sawBeginning && connections[index][isSent: !segment.isSent].next == 0
            let place = parsers.make(
                identity, recognised: side,
                atBeginning: (
                    requester: side == .requester || isOtherNew, responder: side == .responder || isOtherNew
                ))
            connections[index].stage = .parsing(place, requesterIsLocal: requesterIsLocal)
            if !mayWait || isReady(index, isSent: segment.isSent) {
                for held in undecided { held.withSegment { parse($0, index) } }
                parse(segment, index)
            } else {
                // As if they had not been passed on yet.
                connections[index][isSent: segment.isSent].advance(to: undecided.first?.offset ?? segment.offset)
                for held in undecided { held.withSegment { wait($0, index) } }
                wait(segment, index)
            }
        case (_, .maybe) where segment.unknown == 0 && segment.tail.isEmpty:
            connections[index].undecided = undecided + [HeldSegment(segment)]
        default:
            failed(segment, index)
        }
    }

    /// What is known of a segment's bytes besides themselves.
    private func hint(_ segment: Segment, _ index: Int32, from offset: UInt64) -> RecognitionHint {
        let connection = connections[index]
        let isFirst = connection.sawBeginning && offset == 0
        return RecognitionHint(
            recordLength: segment.end &- offset, isFirst: isFirst,
            isOpening: isFirst && connection[isSent: !segment.isSent].next == 0,
            senderPort: segment.isSent ? connection.local.port : connection.peer.port,
            receiverPort: segment.isSent ? connection.peer.port : connection.local.port,
            isFromOpener: connection.isOpener.map { $0 == segment.isSent })
    }

    private mutating func failed(_ segment: Segment, _ index: Int32) {
        connections[index].unrecognisedRecords += 1
        if connections[index].lastUnrecognisedIsSent != segment.isSent { connections[index].failures += 1 }
        connections[index].lastUnrecognisedIsSent = segment.isSent
        let isFromBeginning = connections[index].sawBeginning
        let failures =
            isFromBeginning ? ConnectionTracker.failuresFromBeginning : ConnectionTracker.failuresWhenJoined
        let records = isFromBeginning ? ConnectionTracker.recordsFromBeginning : ConnectionTracker.recordsWhenJoined
        guard connections[index].failures >= failures || connections[index].unrecognisedRecords >= records else {
            return
        }
        exchanges.count(.unrecognised)
        ignore(index)
    }
}
