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
        take(segment, index, isWhole: isWhole)
        if !segment.isSent { endReceived(index) }
    }

    /// Gives a segment to whatever its connection speaks.
    private mutating func take(_ segment: Segment, _ index: Int32, isWhole: Bool = true, mayWait: Bool = true) {
        switch connections[index].stage {
        case .recognising: recognise(segment, index, mayWait: mayWait)
        case .parsing: parse(segment, index, isWhole: isWhole)
        case .ignored: break
        }
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
        // The segment itself comes next, whatever becomes of the parser.
        _ = settle(index, after: 0)
    }

    private mutating func parse(_ segment: Segment, _ index: Int32, isWhole: Bool = true) {
        guard case .parsing(let place, let requesterIsLocal) = connections[index].stage else { return }
        prepare(segment.header, index, place, requesterIsLocal: requesterIsLocal)
        let side: Side = segment.isSent == requesterIsLocal ? .requester : .responder
        // How many bytes come after those that the parser was given last.
        var after = segment.length
        segment.forEachStretch { known, unknown, offset in
            after &-= UInt64(known.count) &+ unknown
            if known.isEmpty {
                parsers.unknown(unknown, from: side, at: place, in: &exchanges)
            } else {
                let bytes = StreamBytes(
                    bytes: known, offset: offset, startsRecord: isWhole && offset == segment.offset,
                    endsRecord: after == 0)
                parsers.bytes(bytes, from: side, at: place, in: &exchanges)
            }
            return exchanges.surrender == nil
        }
        let (left, mayWait) = settle(index, after: after)
        guard left > 0 else { return }
        var rest = segment
        rest.dropFirst(segment.length &- min(left, segment.length))
        take(rest, index, isWhole: isWhole && left >= segment.length, mayWait: mayWait)
    }

    /// Tells the exchanges whose record comes.
    mutating func prepare(
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
        exchanges.context.isDatagram = connections[index].isDatagram
        exchanges.context.isLeftOut = header.pointee.time < connections[index].quietEnd
        exchanges.context.sawOpening = connections[index].sawOpening
        exchanges.context.point = ExecutionPoint(header)
        exchanges.context.process = ProcessIdentity(header)
    }

    /// Does what the parser asked for.
    ///
    /// - Parameter after: how many of the record's bytes the parser has not been given.
    /// - Returns: how many of the record's last bytes are to be taken anew, and whether they may wait for the other side.
    private mutating func settle(_ index: Int32, after: UInt64) -> (left: UInt64, mayWait: Bool) {
        exchanges.endRecord()
        let wishes = exchanges.takeWishes()
        guard case .parsing(_, let requesterIsLocal) = connections[index].stage else { return (0, true) }
        guard let surrender = exchanges.surrender else {
            if let wanted = wishes.requester { want(wanted, of: .requester, index, requesterIsLocal: requesterIsLocal) }
            if let wanted = wishes.responder { want(wanted, of: .responder, index, requesterIsLocal: requesterIsLocal) }
            return (0, true)
        }
        exchanges.surrender = nil
        // What one parser wanted is not what the next one wants.
        if surrender != .leftAlone {
            for side in [Side.requester, .responder] {
                want(.ordinary, of: side, index, requesterIsLocal: requesterIsLocal)
            }
        }
        switch surrender {
        case .leftAlone:
            stopParsing(index, .closed)
            ignore(index)
            return (0, true)
        case .unrecognised, .mistaken:
            if surrender == .unrecognised { ruleOut(index) }
            stopParsing(index, .evicted)
            connections[index].failures += 1
            return (.max, false)
        case .changed(let identity, let left):
            change(index, to: identity)
            return (after &+ UInt64(clamping: left), true)
        }
    }

    /// The connection does not speak what it was taken to speak.
    private mutating func ruleOut(_ index: Int32) {
        guard case .parsing(let place, _) = connections[index].stage else { return }
        connections[index].ruledOut.insert(place.identity)
    }

    /// Something else is spoken from here on.
    private mutating func change(_ index: Int32, to identity: ApplicationProtocol?) {
        guard case .parsing(let place, let requesterIsLocal) = connections[index].stage else { return }
        guard let identity, parsers.has(identity) else {
            stopParsing(index, .closed)
            // Each change costs one, so that what goes to and fro comes to an end.
            connections[index].failures += 1
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
        recognised[identity] &+= 1
    }

    /// Looks for a protocol's signature at the start of a record.
    private mutating func recognise(_ segment: Segment, _ index: Int32, mayWait: Bool = true) {
        var undecided: [HeldSegment] = []
        var (identity, verdict): (ApplicationProtocol?, Recognition) = (nil, .no)
        let ruledOut = connections[index].ruledOut
        if !connections[index].undecided.isEmpty {
            swap(&undecided, &connections[index].undecided)
            if undecided[0].isSent != segment.isSent {
                // The other side has answered what could not be told: it was not what it might have been.
                undecided = []
                failed(isSent: !segment.isSent, index)
                guard case .recognising = connections[index].stage else { return }
            } else {
                let start = undecided.flatMap(\.bytes) + segment.head.prefix(ParserTable.signatureLength)
                let hint = hint(segment, index, from: undecided[0].offset)
                (identity, verdict) = start.withUnsafeBytes { parsers.recognise($0, hint, ruledOut: ruledOut) }
            }
        }
        if verdict == .no {
            let hint = hint(segment, index, from: segment.offset)
            (identity, verdict) = parsers.recognise(segment.head, hint, ruledOut: ruledOut)
            // What was undecided of this side does not belong to what is recognised behind it.
            if verdict == .maybe || (verdict != .no && undecided.first?.isSent == segment.isSent) { undecided = [] }
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
            recognised[identity] &+= 1
            if !mayWait || isReady(index, isSent: segment.isSent) || mayHaveBeenLeftOut(index) {
                // A parser that gives up on the first of them leaves the others to whoever comes next.
                for held in undecided { held.withSegment { take($0, index, mayWait: false) } }
                take(segment, index, mayWait: false)
            } else {
                // As if they had not been passed on yet.
                connections[index][isSent: segment.isSent].advance(to: undecided.first?.offset ?? segment.offset)
                for held in undecided { held.withSegment { wait($0, index) } }
                wait(segment, index)
            }
        case (_, .maybe) where segment.unknown == 0 && segment.tail.isEmpty:
            connections[index].undecided = undecided + [HeldSegment(segment)]
        default:
            failed(isSent: segment.isSent, index)
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

    /// Bytes of a direction were of no protocol.
    private mutating func failed(isSent: Bool, _ index: Int32) {
        connections[index].unrecognisedRecords += 1
        if connections[index].lastUnrecognisedIsSent != isSent { connections[index].failures += 1 }
        connections[index].lastUnrecognisedIsSent = isSent
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
