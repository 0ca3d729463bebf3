/// Reads the trace contexts of one message after the other: the fields that carry one go in, in the order in which they
/// stand on the message, and the context that counts comes out.
///
/// ```swift
/// reader.begin()
/// for field in contextFields { reader.add(name: field.name, value: field.value, at: .header, part: field.part) }
/// switch reader.finish() { ... reader.withTracestate { ... } }
/// ```
///
/// Where a message has contexts of several dialects, the configured order decides; the others are ``others``. A batch of
/// messages has a part for each: contexts of one part belong together, and parts that name different spans make the
/// result ``ContextResult/several``. Where there is more than one context of a dialect on a message or in a part, equal
/// ones too, none of them counts. The bytes are used only during the call that brings them, and nothing is allocated per
/// message once it has grown.
public struct ContextReader: Sendable {
    /// Most contexts beside the one that counts.
    public static let maximumOthers = 128

    /// What was read and what was ignored so far, of those whose place it took included.
    public private(set) var counters = PropagationCounters()
    /// After ``finish()``: the valid contexts that are not the one that counts, each once, in the order of precedence, at
    /// most ``maximumOthers``. Of several parts, first what counts in each.
    public private(set) var others: [ContextReading] = []
    /// How many more there were. Beyond 1,024 different ones, those that come again are counted again.
    public private(set) var othersLeftOut: UInt32 = 0
    /// After ``finish()``: what a message without a context says of recording nevertheless (B3's lone `0`, `1` or `d`, a
    /// sampling header without ids), by the first dialect that says anything.
    public private(set) var decisionAlone = SamplingDecision.undecided
    /// All names, in lower case, that contexts are read from.
    public let names: [String]

    private let order: [Propagator]
    private let known: PropagatorSet
    private let hasKeys: Bool
    /// The part that is being read.
    private var fields: MessageFields
    private var part: UInt16 = 0
    private var place = ContextPlace.header
    /// What counts in each part, and the rest.
    private var first = DistinctReadings()
    private var rest = DistinctReadings()
    /// The vendor state of the first of those that count.
    private var state = Tracestate()
    private var skyWalkingIDs = SkyWalkingIDs()
    private var skyWalkingCount = 0

    /// A reader of these dialects, of which the first on a message counts. Repeated ones are the same as one.
    ///
    /// - Parameter keys: further names of ids, read after all dialects, whether or not the order has ``Propagator/keys``.
    public init(order: [Propagator] = Propagator.configurable, keys: ContextKeys = ContextKeys()) {
        var distinct: [Propagator] = []
        for propagator in order where propagator != .keys && !distinct.contains(propagator) {
            distinct.append(propagator)
        }
        known = distinct.reduce(into: []) { $0.insert(PropagatorSet($1)) }
        hasKeys = !keys.isEmpty
        names = distinct.flatMap(\.names) + (hasKeys ? keys.names : [])
        self.order = hasKeys ? distinct + [.keys] : distinct
        fields = MessageFields(keys: keys)
        skyWalkingIDs.reserveCapacity()
    }

    /// Takes the place of another, and counts on from what that has counted.
    public mutating func goOn(from former: ContextReader) { counters = former.counters }

    /// The ids of SkyWalking's context as they stood on the message, after ``finish()``: when a valid one was there,
    /// whether or not it is the one that counts. Nil as well when the messages of a batch have different ones.
    public var skyWalking: SkyWalkingIDs? { skyWalkingCount == 1 ? skyWalkingIDs : nil }

    /// A new message.
    public mutating func begin() {
        fields.removeAll()
        part = 0
        first.removeAll()
        rest.removeAll()
        if !others.isEmpty { others.removeAll(keepingCapacity: true) }
        othersLeftOut = 0
        decisionAlone = .undecided
        if !state.bytes.isEmpty || !state.isValid { state.removeAll() }
        skyWalkingCount = 0
    }

    /// The next field of the message. Names match in any case; those that carry no context are ignored.
    ///
    /// - Parameter part: which message of a batch it is from; parts come one after the other.
    public mutating func add(
        name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, at place: ContextPlace = .header, part: UInt16 = 0
    ) {
        let meaning = ContextName(name).flatMap { known.contains(PropagatorSet($0.propagator)) ? $0 : nil }
        guard meaning != nil || hasKeys else { return }
        if part != self.part {
            closePart()
            self.part = part
        }
        if let meaning {
            self.place = place
            fields.add(meaning, value)
        }
        if hasKeys, fields.addKey(name, value) { self.place = place }
    }

    /// The message is over: what its contexts come to.
    public mutating func finish() -> ContextResult {
        closePart()
        guard let main = first.list.first else { return .none }
        decisionAlone = .undecided
        let isOne = first.list.count == 1
        othersLeftOut = first.leftOut &+ rest.leftOut
        if !isOne {
            others.append(contentsOf: first.list)
            state.removeAll()
        }
        for reading in rest.list where !first.contains(reading) {
            if others.count < ContextReader.maximumOthers {
                others.append(reading)
            } else {
                othersLeftOut &+= 1
            }
        }
        return isOne ? .one(main) : .several
    }

    /// The vendor state (`tracestate`) beside the context that was just read, for the time of the call; empty when there
    /// is none, it is invalid, or a context of another dialect counts.
    public func withTracestate<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try state.bytes.withUnsafeBytes(body)
    }

    /// Takes in what the part that was being read comes to.
    private mutating func closePart() {
        if fields.present.isEmpty { return }
        var isFirst = true
        for propagator in order where fields.present.contains(PropagatorSet(propagator)) {
            switch fields.finish(propagator, counting: &counters) {
            case .context(let context):
                if propagator == .sw8 { keepSkyWalkingIDs() }
                let reading = ContextReading(context: context, propagator: propagator, place: place)
                if isFirst {
                    if propagator == .tracecontext, first.list.isEmpty { fields.swapState(with: &state) }
                    first.insert(reading)
                    isFirst = false
                } else {
                    rest.insert(reading)
                }
            case .decision(let decision):
                if decisionAlone == .undecided { decisionAlone = decision }
            case .absent, .invalid, .repeated: break
            }
        }
        fields.removeAll()
    }

    private mutating func keepSkyWalkingIDs() {
        if skyWalkingCount == 0 {
            swap(&skyWalkingIDs, &fields.skyWalking.ids)
            skyWalkingCount = 1
        } else if skyWalkingIDs != fields.skyWalking.ids {
            skyWalkingCount = 2
        }
    }
}
