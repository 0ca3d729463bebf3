// The text protocol, and the meta commands in it.
extension MemcachedParser {
    /// Takes what belongs together off the front of `bytes`.
    ///
    /// - Returns: whether to go on.
    mutating func textRequest(_ bytes: inout UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) -> Bool {
        if text.requests.isAtLine, !isInRequest, !bytes.isEmpty {
            requestStart = (position.requester, exchanges.context.point)
        }
        let before = bytes.count
        let event = text.requests.next(&bytes, in: &exchanges)
        position.requester &+= UInt64(before - bytes.count)
        switch event {
        case .more: return false
        case .line(let line, let isCut): command(MemcachedLine(line), isCut: isCut, in: &exchanges)
        case .value: endRequest(in: &exchanges)
        case .lost: loseRequests(in: &exchanges)
        }
        return true
    }

    private mutating func command(_ line: MemcachedLine, isCut: Bool, in exchanges: inout ExchangeTable) {
        guard let command = line.command else {
            guard !line.isAnswer, !line.first.isEmpty else {
                if line.isAnswer, !isFromBeginning { exchanges.surrender = .mistaken }
                return
            }
            // Not known to us, but it is answered: with an error, or not.
            if !isFromBeginning || line.first.count > 20 {
                text.requests.lose(in: &exchanges)
                return loseRequests(in: &exchanges)
            }
            begin(
                kind: UInt8.max, opaque: 0, isQuiet: false, isSilent: true, isOneWay: false, in: &exchanges)
            return endRequest(in: &exchanges)
        }
        let isWatch = command == .watch
        let flags = command == .metaSet ? 3 : 2
        begin(
            kind: command.rawValue, opaque: command.isMeta ? line.opaque(from: flags) : 0,
            isQuiet: command.isMeta && line.hasFlag(UInt8(ascii: "q"), from: flags),
            isSilent: command.isSilent || isWatch,
            isOneWay: command == .quit || isWatch || (!command.isMeta && isUnanswered(line)), in: &exchanges)
        describe(command, line, isCut: isCut, in: &exchanges)
        if !request.isSilent { exchanges.open(request.handle) }
        if let place = command.lengthPlace {
            guard let length = MemcachedLine.number(line.word(place)), text.requests.expect(length) else {
                // The server takes it for an error, and what follows for commands.
                return endRequest(in: &exchanges)
            }
            return
        }
        endRequest(in: &exchanges)
        // From here on it tells what others do.
        if isWatch { exchanges.surrender = .leftAlone }
    }

    /// Whether its last word says that no answer is wanted.
    private func isUnanswered(_ line: MemcachedLine) -> Bool {
        var last = UnsafeRawBufferPointer(start: nil, count: 0)
        line.forEachWord { last = $1 }
        return MemcachedLine.isEqual(last, "noreply")
    }

    private mutating func describe(
        _ command: MemcachedCommand, _ line: MemcachedLine, isCut: Bool, in exchanges: inout ExchangeTable
    ) {
        clearStatement(in: &exchanges)
        guard say(command.word, in: &exchanges) else { return }
        exchanges.add(.method, .requestHeader, value: statement.bytes, to: request.handle)
        let keys = command.keys
        let words = line.words
        var hasOthers = command.isStorage || command == .incr || command == .decr
        var isFull = false
        // Copied out of the line one by one, without taking the parser into a closure.
        for index in 1..<max(words, 1) where !isFull {
            guard let keys, keys.contains(index) else {
                hasOthers = hasOthers || index < (keys?.lowerBound ?? 1)
                continue
            }
            exchanges.addValues(text: line.word(index), isCut: isCut && index == words - 1, to: request.handle)
            isFull =
                index > MemcachedParser.mostKeys || !say(" ", in: &exchanges) || !say(line.word(index), in: &exchanges)
        }
        if hasOthers, !isFull { _ = say(" ?", in: &exchanges) }
        exchanges.add(.statement, .requestHeader, value: statement.bytes, to: request.handle)
    }

    /// Most keys that are shown.
    private static let mostKeys = 32

    /// Takes what belongs together off the front of `bytes`.
    ///
    /// - Returns: whether to go on.
    mutating func textReply(_ bytes: inout UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) -> Bool {
        if text.replies.isAtLine, !isInReply, !bytes.isEmpty {
            replyStart = (position.responder, exchanges.context.point)
        }
        if text.replies.isLost, !bytes.isEmpty, pairing.outstanding > 0 {
            // What is passed over may be their answers.
            pairing.lostResponses(in: &exchanges)
            waiting.clear(in: &exchanges)
        }
        let before = bytes.count
        let event = text.replies.next(&bytes, in: &exchanges)
        position.responder &+= UInt64(before - bytes.count)
        switch event {
        case .more: return false
        case .line(let line, _): answer(MemcachedLine(line), in: &exchanges)
        case .value: if endsWithValue { endReply(in: &exchanges) }
        case .lost: loseReplies(in: &exchanges)
        }
        return true
    }

    private mutating func answer(_ line: MemcachedLine, in exchanges: inout ExchangeTable) {
        guard let answer = line.answer else {
            // Lines of commands that are little used are answers as well, but prove nothing.
            guard isInReply || pairing.outstanding > 0, waiting.first?.kind == UInt8.max || isRare else {
                text.replies.lose(in: &exchanges)
                return loseReplies(in: &exchanges)
            }
            if !isInReply { beginReply(in: &exchanges) { _ in true } }
            return endReply(in: &exchanges)
        }
        if !isInReply {
            let opaque = answer == .meta || answer == .metaValue ? line.opaque(from: answer == .meta ? 1 : 2) : 0
            let word = line.first
            let isMetaNoop = MemcachedLine.isEqual(word, "MN")
            beginReply(in: &exchanges) { entry in
                MemcachedParser.isAnswer(word, answer, opaque, isMetaNoop: isMetaNoop, of: entry)
            }
            isInReply = true
        }
        switch answer {
        case .value, .metaValue:
            endsWithValue = answer == .metaValue
            guard let length = line.dataLength, text.replies.expect(length) else {
                text.replies.lose(in: &exchanges)
                return loseReplies(in: &exchanges)
            }
        case .item: break
        case .failure:
            fail(line.first, in: &exchanges)
            endReply(in: &exchanges)
        case .end, .stored, .missed, .meta, .other: endReply(in: &exchanges)
        }
    }

    /// Whether the request that is answered next is of a kind whose answers have many words.
    private var isRare: Bool {
        guard let kind = (reply ?? waiting.first)?.kind, let command = MemcachedCommand(rawValue: kind) else {
            return false
        }
        switch command {
        case .slabs, .lru, .lruCrawler, .stats, .shutdown, .cacheMemoryLimit: return true
        default: return false
        }
    }

    /// Whether an answer could be a request's: what a quiet one keeps to itself is not.
    private static func isAnswer(
        _ word: UnsafeRawBufferPointer, _ answer: MemcachedLine.Answer, _ opaque: UInt64, isMetaNoop: Bool,
        of entry: MemcachedQueue.Entry
    ) -> Bool {
        guard let command = MemcachedCommand(rawValue: entry.kind) else { return true }
        if isMetaNoop { return command == .metaNoop }
        guard entry.isQuiet else { return command != .metaNoop || answer == .failure }
        if answer == .failure { return true }
        guard answer == .meta || answer == .metaValue else { return false }
        if opaque != 0 || entry.opaque != 0 { return opaque == entry.opaque }
        switch command {
        case .metaGet: return answer == .metaValue || MemcachedLine.isEqual(word, "HD")
        case .metaSet:
            return MemcachedLine.isEqual(word, "NS") || MemcachedLine.isEqual(word, "EX")
                || MemcachedLine.isEqual(word, "NF")
        case .metaDelete: return MemcachedLine.isEqual(word, "EX")
        default: return answer == .metaValue || MemcachedLine.isEqual(word, "NS") || MemcachedLine.isEqual(word, "EX")
        }
    }
}
