/// The `sw8` header of one message.
struct SkyWalkingCarrier: Sendable {
    private var context = FieldValue<TraceContext>()
    /// The ids of the context when it is valid. Others may exchange them with memory of their own.
    var ids: SkyWalkingIDs

    init() {
        ids = SkyWalkingIDs()
        ids.reserveCapacity()
    }

    var result: DialectResult { DialectResult(context) }

    mutating func add(_ value: UnsafeRawBufferPointer) {
        let read = context.isThere ? nil : SW8Parser.parse(value, ids: &ids)
        context.add(read)
    }

    mutating func removeAll() { context.removeAll() }
}

extension SkyWalkingIDs {
    /// Makes room for the longest that are read.
    mutating func reserveCapacity() {
        traceID.reserveCapacity(SW8Parser.maximumIDLength)
        segmentID.reserveCapacity(SW8Parser.maximumIDLength)
    }
}
