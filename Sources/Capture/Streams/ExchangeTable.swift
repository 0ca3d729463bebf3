/// A reference to an exchange in an ``ExchangeTable``. One to an exchange that is over does nothing.
struct ExchangeHandle: Equatable {
    fileprivate(set) var index: Int32
    fileprivate(set) var generation: UInt32

    /// No exchange: everything done to it does nothing.
    static let none = ExchangeHandle(index: -1, generation: 0)
}

/// Every exchange that is under way: a slab of them, and for each connection a list in the order of their requests. It is
/// what parsers speak to; it turns what they say into observations.
struct ExchangeTable {
    /// Most exchanges that one connection may have open.
    static let maximumPerConnection = 1024
    /// Memory beyond which a place gives its field buffer back.
    private static let retainedFieldBytes = 4 << 10

    struct Slot {
        var exchange: Exchange
        var fields = FieldBuffer()
        /// The hashes of its values.
        var values = ValueSet()
        /// ``ValueSet/changes`` when they were last told.
        var toldValues: UInt32 = 0
        /// How many of the fields are named ones.
        var namedFields = 0
        var key: UInt64
        var note: UInt8 = 0
        var connection: Int32
        var generation: UInt32 = 0
        var isUsed = true
        var isOpen = false
        var hasRequestEnded = false
        var hasResponseBegun = false
        var hasResponseEnded = false
        var isTouched = false
        var isSilent = false
        /// Whether it is left out, at both ends (``Outcome/shed``).
        var isLeftOut = false
        /// The record in which its request ended.
        var requestEndedIn: UInt64 = 0
        /// The record whose observation has told of this exchange already.
        var toldOf: UInt64 = 0
        /// Where in the batch that observation is, if it is the one that opened it.
        var openedAt = 0
    }

    /// The batch being filled, borrowed from whoever drives the table.
    var batch = ObservationBatch()
    /// The record that is being parsed.
    var context = RecordContext()
    /// The source's time, ns: when what is being told of happened.
    var now: UInt64 = 0
    /// What was lost.
    var losses = LossLedger()
    /// How much of each side's bytes the parser of the connection that is being parsed wants from now on; nil: as before.
    private(set) var wishes: (requester: WantedBytes?, responder: WantedBytes?) = (nil, nil)
    /// Set by a parser that gives its connection up.
    var surrender: Surrender?
    /// Which headers are handed on.
    private(set) var headers: HeaderMatcher
    /// Finds values in requests.
    private(set) var values: ValueScanner
    /// What all Kafka connections have in common.
    let kafka = KafkaShared()
    /// Most bytes of an incomplete line or head that a parser keeps.
    let maximumHead: Int
    /// Ends of exchanges that were opened.
    private(set) var opened: UInt64 = 0
    /// Ends of exchanges that were closed.
    private(set) var closed: UInt64 = 0
    /// Ends of exchanges that were passed over: of interest only had they failed.
    private(set) var passedOver: UInt64 = 0
    /// Ends of exchanges that were closed as left out under overload.
    private(set) var shed: UInt64 = 0

    private let maximum: Int
    var budget = MemoryBudget()
    var slots = Slab<Slot>()
    private var links = IndexLinks()
    private var lists: ContiguousArray<IndexList> = []
    private var opensBefore: ContiguousArray<Bool> = []
    private var touched: ContiguousArray<Int32> = []
    private var repetitions = RepetitionCounts()
    /// Used now and then, to keep its memory.
    var scratch = ValueSet()

    /// An empty table.
    init(options: CaptureOptions) {
        headers = HeaderMatcher(options.headers)
        values = ValueScanner(options.values)
        maximumHead = min(max(options.maximumHead, 1024), 16 << 20)
        maximum = max(options.maximumConnections, 16) * 2
    }

    /// Hands on other headers and values of requests that begin from now on. What is known of values stays comparable.
    mutating func use(_ headers: HeaderSelection, _ values: ValueSelection) {
        self.headers = HeaderMatcher(headers)
        self.values = ValueScanner(values, seed: self.values.seed)
    }

    // MARK: What parsers say

    /// The request's first byte is here.
    ///
    /// - Parameters:
    ///   - key: what the parser will look for to find it again; keys of one connection grow.
    ///   - offset: the byte's offset in its direction.
    ///   - stream: stream or correlation id on a multiplexed connection, else 0.
    ///   - side: who sent it; the responder where it sends of its own accord, as a broker does.
    ///   - point: where the byte moved, if not in the record that is being parsed.
    /// - Returns: ``ExchangeHandle/none`` when there is no room, which is counted.
    mutating func begin(
        key: UInt64, offset: UInt64, stream: UInt64 = 0, from side: Side = .requester, at point: ExecutionPoint? = nil
    ) -> ExchangeHandle {
        let connection = Int(context.connection)
        guard slots.count < maximum, lists[connection].count < ExchangeTable.maximumPerConnection else {
            losses.count(.tableFull)
            return .none
        }
        let isPush = side == .responder
        let identity = isPush ? context.identity.reversed : context.identity
        var exchange = Exchange(
            end: ExchangeEnd(
                id: ExchangeID(connection: identity, requestOffset: offset, stream: stream),
                role: isPush ? context.role.other : context.role),
            protocol: context.protocol, socket: context.socket, process: context.process, local: context.local,
            peer: context.peer, requestStart: point ?? context.point)
        exchange.isPush = isPush
        exchange.isDatagram = context.isDatagram
        exchange.hasSharedID = identity.kind == .tcp
        exchange.isFirstOnSocket = context.sawOpening && !opensBefore[connection]
        let index = slots.take { Slot(exchange: exchange, key: key, connection: context.connection) }
        slots[index].exchange = exchange
        slots[index].key = key
        slots[index].connection = context.connection
        slots[index].note = 0
        slots[index].namedFields = 0
        slots[index].isUsed = true
        slots[index].toldOf = 0
        slots[index].toldValues = 0
        slots[index].requestEndedIn = 0
        slots[index].isOpen = false
        slots[index].isSilent = false
        slots[index].isLeftOut = context.isLeftOut
        if context.isLeftOut { slots[index].exchange.outcome = .shed }
        slots[index].hasRequestEnded = false
        slots[index].hasResponseBegun = false
        slots[index].hasResponseEnded = false
        links.append(index, to: &lists[connection])
        return ExchangeHandle(index: index, generation: slots[index].generation)
    }

    /// Adds a field. Values are cut and fields left out beyond their bounds (``FieldBounds``), which is counted.
    ///
    /// - Parameter part: which message of a batch it is from, counted from 0.
    mutating func add(
        _ key: FieldKey, _ carrier: Carrier, part: UInt16 = 0,
        name: UnsafeRawBufferPointer = .init(start: nil, count: 0), value: UnsafeRawBufferPointer,
        to handle: ExchangeHandle
    ) {
        guard isValid(handle) else { return }
        if value.count > FieldBuffer.maximumValue {
            // The beginning of a context could be read as another one, and ids are equal only as a whole.
            if key == .context { return addUnknown(key, carrier, part: part, name: name, to: handle) }
            losses.count(.fieldCut)
            if key == .requestID { return }
        }
        let size = min(name.count, FieldBuffer.maximumValue) + min(value.count, FieldBuffer.maximumValue)
        let hasRoom = FieldBounds.hasRoom(
            for: key, part, name, size: size, beside: slots[handle.index].fields, named: slots[handle.index].namedFields
        )
        guard hasRoom, budget.take(size) else {
            losses.count(.fieldCut)
            return
        }
        slots[handle.index].fields.append(key, carrier, part: part, name: name, value: value)
        if key.isNamed { slots[handle.index].namedFields += 1 }
    }

    /// The request's head is complete, or as complete as it will be.
    mutating func open(_ handle: ExchangeHandle) {
        guard isValid(handle), !slots[handle.index].isOpen else { return }
        slots[handle.index].isOpen = true
        opensBefore[Int(slots[handle.index].connection)] = true
        opened &+= 1
        slots[handle.index].exchange.requestEnd = context.point
        slots[handle.index].toldOf = context.serial
        slots[handle.index].openedAt = batch.observations.count
        batch.observations.append(.opened(copy(handle.index)))
    }

    /// Bytes of the request moved.
    ///
    /// - Parameter body: how many of them belong to its body, or ``Exchange/unknownLength``.
    mutating func requestMoved(_ handle: ExchangeHandle, body: UInt64 = 0) {
        guard isValid(handle) else { return }
        slots[handle.index].exchange.requestEnd = context.point
        slots[handle.index].exchange.requestBody = ExchangeTable.sum(slots[handle.index].exchange.requestBody, body)
        touch(handle.index)
    }

    /// The request's last byte was the last one that moved.
    mutating func endRequest(_ handle: ExchangeHandle) {
        guard isValid(handle), !slots[handle.index].hasRequestEnded else { return }
        slots[handle.index].hasRequestEnded = true
        slots[handle.index].requestEndedIn = context.serial
        slots[handle.index].exchange.isRequestWhole = true
        // Where it was opened by this very record, what was said of it is completed.
        let place = slots[handle.index].openedAt
        if slots[handle.index].isOpen, place < batch.observations.count,
            case .opened(var exchange) = batch.observations[place], exchange.end == slots[handle.index].exchange.end
        {
            exchange.isRequestWhole = true
            batch.observations[place] = .opened(exchange)
        }
        if slots[handle.index].hasResponseEnded { close(handle, .complete) }
    }

    /// The response has begun.
    ///
    /// - Parameter point: where its first byte moved.
    mutating func beginResponse(_ handle: ExchangeHandle, at point: ExecutionPoint) {
        guard isValid(handle), !slots[handle.index].hasResponseBegun else { return }
        open(handle)
        slots[handle.index].hasResponseBegun = true
        slots[handle.index].exchange.responseStart = point
        slots[handle.index].exchange.responseEnd = point
        slots[handle.index].toldOf = context.serial
        batch.observations.append(.firstByte(slots[handle.index].exchange.end, at: point))
    }

    /// Bytes of the response moved.
    ///
    /// - Parameter body: how many of them belong to its body, or ``Exchange/unknownLength``.
    mutating func responseMoved(_ handle: ExchangeHandle, body: UInt64 = 0) {
        guard isValid(handle) else { return }
        slots[handle.index].exchange.responseEnd = context.point
        slots[handle.index].exchange.responseBody = ExchangeTable.sum(slots[handle.index].exchange.responseBody, body)
        touch(handle.index)
    }

    /// The response's last byte was the last one that moved. The exchange is over if its request is.
    mutating func endResponse(_ handle: ExchangeHandle) {
        guard isValid(handle), !slots[handle.index].hasResponseEnded else { return }
        slots[handle.index].hasResponseEnded = true
        if slots[handle.index].hasRequestEnded { close(handle, .complete) }
    }

    /// The exchange is over. One that was never opened is forgotten.
    mutating func close(_ handle: ExchangeHandle, _ outcome: Outcome) {
        guard isValid(handle) else { return }
        let index = handle.index
        if slots[index].isOpen {
            if slots[index].isLeftOut {
                slots[index].exchange.outcome = .shed
                shed &+= 1
            } else {
                slots[index].exchange.outcome = slots[index].hasResponseEnded ? .complete : outcome
            }
            let moved = max(slots[index].exchange.requestEnd.time, slots[index].exchange.responseEnd.time)
            slots[index].exchange.ended = slots[index].exchange.outcome == .complete ? moved : max(moved, now)
            closed &+= 1
            batch.observations.append(.closed(copy(index)))
        }
        release(index)
    }

    /// The exchange has succeeded and is of no interest. One that was opened is closed as complete.
    mutating func passOver(_ handle: ExchangeHandle) {
        guard isValid(handle) else { return }
        if slots[handle.index].isOpen { return close(handle, .complete) }
        passedOver &+= 1
        release(handle.index)
    }

    /// The exchange of the connection that is being parsed whose key this is; oldest are found first.
    func find(key: UInt64) -> ExchangeHandle {
        var index = lists[Int(context.connection)].first
        while index >= 0 {
            if slots[index].key == key { return handle(of: index) }
            index = links.after(index)
        }
        return .none
    }

    /// The exchanges of the connection that is being parsed whose response has not ended: the first of them and how
    /// many there are.
    func unanswered() -> (first: ExchangeHandle, count: Int) {
        var first = ExchangeHandle.none
        var count = 0
        var index = lists[Int(context.connection)].first
        while index >= 0 {
            if !slots[index].hasResponseEnded {
                if count == 0 { first = handle(of: index) }
                count += 1
            }
            index = links.after(index)
        }
        return (first, count)
    }

    /// The first exchange of the connection that is being parsed whose response has not ended.
    func firstUnanswered() -> ExchangeHandle {
        var index = lists[Int(context.connection)].first
        while index >= 0 {
            if !slots[index].hasResponseEnded { return handle(of: index) }
            index = links.after(index)
        }
        return .none
    }

    /// Counts a loss.
    mutating func count(_ reason: LossReason, _ count: UInt64 = 1) { losses.count(reason, count) }

    /// From now on, so much of a side's bytes is wanted. Nothing may depend on it: what is under way comes as before.
    mutating func want(_ bytes: WantedBytes, of side: Side) {
        if side == .requester { wishes.requester = bytes } else { wishes.responder = bytes }
    }

    /// How often a datagram like this one was asked for of late, by the same end: with it, each of them has an identity of
    /// its own, the same at both ends.
    mutating func repetition(of key: UInt64) -> UInt64 {
        var mixer = Mixer(seed: context.socket)
        mixer.absorb(context.identity.requester)
        mixer.absorb(context.identity.responder)
        mixer.absorb(key)
        return repetitions.count(mixer.finish().0)
    }

    /// Takes memory for bytes that a parser keeps; false when it must do without.
    mutating func reserve(_ count: Int) -> Bool { budget.take(count) }

    /// Gives reserved memory back.
    mutating func unreserve(_ count: Int) { budget.give(count) }

    // MARK: What the tracker says

    /// Makes room for the lists of so many connections.
    mutating func prepare(connection: Int32) {
        while lists.count <= Int(connection) {
            lists.append(IndexList())
            opensBefore.append(false)
        }
        opensBefore[Int(connection)] = false
    }

    /// Takes the wishes of the parser that was called.
    mutating func takeWishes() -> (requester: WantedBytes?, responder: WantedBytes?) {
        defer { wishes = (nil, nil) }
        return wishes
    }

    /// How many exchanges a connection has open.
    func openCount(of connection: Int32) -> Int { Int(lists[Int(connection)].count) }

    /// A record has been parsed: exchanges that it carried on, and neither opened nor closed, are said so.
    mutating func endRecord() {
        guard !touched.isEmpty else { return }
        for index in touched where slots[index].isTouched {
            slots[index].isTouched = false
            guard slots[index].isUsed, slots[index].isOpen, slots[index].toldOf != context.serial else { continue }
            let end = slots[index].exchange.end
            let isRequestEnd = slots[index].requestEndedIn == context.serial
            batch.observations.append(
                .lineage(isRequestEnd ? .requestEnded(end, context.point) : .continued(end, context.point)))
        }
        touched.removeAll(keepingCapacity: true)
    }

    /// Whatever a connection has open is left out, however it ends.
    mutating func leaveOut(of connection: Int32) {
        var index = lists[Int(connection)].first
        while index >= 0 {
            slots[index].isLeftOut = true
            index = links.after(index)
        }
    }

    /// Closes what a connection still has open.
    mutating func closeAll(of connection: Int32, _ reason: EndReason) {
        while lists[Int(connection)].first >= 0 {
            let index = lists[Int(connection)].first
            if slots[index].isSilent, !slots[index].isOpen {
                passOver(handle(of: index))
                continue
            }
            if !slots[index].isOpen, reason != .captureEnded, reason != .leftOut { losses.count(.malformed) }
            let outcome: Outcome =
                switch reason {
                case .leftOut: .shed
                case .closed: slots[index].hasResponseBegun ? .cutOff : .noResponse
                case .evicted: .cutOff
                case .processExited: .processExited
                case .captureEnded: .captureEnded
                }
            close(handle(of: index), outcome)
        }
    }

    // MARK: Inside

    /// Lengths of a body added up; what is not known makes the sum so.
    static func sum(_ length: UInt64, _ more: UInt64) -> UInt64 {
        let (sum, isTooLarge) = length.addingReportingOverflow(more)
        return isTooLarge ? Exchange.unknownLength : sum
    }

    private func handle(of index: Int32) -> ExchangeHandle {
        ExchangeHandle(index: index, generation: slots[index].generation)
    }

    func isValid(_ handle: ExchangeHandle) -> Bool {
        handle.index >= 0 && slots[handle.index].generation == handle.generation && slots[handle.index].isUsed
    }

    private mutating func touch(_ index: Int32) {
        guard !slots[index].isTouched else { return }
        slots[index].isTouched = true
        touched.append(index)
    }

    /// What is known of an exchange, with its fields, in the batch; its values only where that is new.
    mutating func copy(_ index: Int32) -> Exchange {
        var exchange = slots[index].exchange
        let range = FieldRange(start: 0, count: UInt32(truncatingIfNeeded: slots[index].fields.fields.count))
        exchange.fields = batch.fields.append(range, of: slots[index].fields)
        if slots[index].values.changes != slots[index].toldValues { tellValues(of: index, with: &exchange.fields) }
        return exchange
    }

    private mutating func release(_ index: Int32) {
        links.remove(index, from: &lists[Int(slots[index].connection)])
        budget.give(slots[index].fields.bytes.count + ExchangeTable.size(of: slots[index].values))
        slots[index].values.removeAll()
        if slots[index].fields.bytes.capacity > ExchangeTable.retainedFieldBytes {
            slots[index].fields = FieldBuffer()
        } else {
            slots[index].fields.removeAll()
        }
        slots[index].isUsed = false
        slots[index].isTouched = false
        slots[index].generation &+= 1
        slots.release(index)
    }
}
