/// Where one direction of an HTTP/2 connection stands.
struct HTTP2Direction {
    /// What its next byte belongs to.
    enum State: Equatable {
        /// Its first byte: a preface, or a frame.
        case start
        /// The preface, of which so many bytes have been seen.
        case preface(Int)
        /// A frame's header.
        case header
        /// What stands in a payload before its contents.
        case prefix
        /// A payload's contents.
        case content
        /// The padding behind them, or a payload that is of no interest.
        case padding
        /// Not known: a frame is looked for at the start of each record.
        case lost
    }

    /// A header block, and what was read of it.
    struct Block {
        enum Kind {
            /// None is under way.
            case none
            case requestHead
            case requestTrailers
            case responseHead
            case responseTrailers
            /// A response to a request that was not seen.
            case orphan
            /// Of no interest, decoded to keep the table in step.
            case ignored
        }

        var kind = Kind.none
        var stream: UInt32 = 0
        var endsStream = false
        var start = ExecutionPoint(time: 0)
        /// Bytes of names and values so far, as SETTINGS_MAX_HEADER_LIST_SIZE counts them.
        var size = 0
        /// Whether names or values could not be known.
        var hasUnknown = false
        /// Whether bytes of it are missing, or it could not be decoded: the rest of it is passed over.
        var isDamaged = false
        /// Whether it has pseudo-headers of a request.
        var isRequest = false
        var hasAuthority = false
        var hasContentType = false
        var isGRPC = false
        var timeout: UInt64 = 0
        var status: Int32 = 0
        var grpcStatus: GRPCStatus?
    }

    var state: State
    /// Whether the frame header that is being gathered stands where one was looked for: then it is held to more.
    var isTentative = false
    /// How often its place was lost, or may have been: what was under way then may have ended unseen.
    var losses: UInt32 = 0
    /// Records in a row in which no frame was found.
    var misses = 0

    /// The frame.
    var frame = HTTP2FrameHeader(high: 0, last: 0)
    /// Bytes of its header that were gathered: how many, and the first eight as a number.
    var gathered = 0
    var gatheredBytes: UInt64 = 0
    /// Where its first byte moved, and its offset.
    var frameStart = ExecutionPoint(time: 0)
    var frameOffset: UInt64 = 0
    /// Bytes of the payload that are to come: before its contents, of them, and behind them.
    var prefixLeft: UInt32 = 0
    var contentLeft: UInt32 = 0
    var paddingLeft: UInt32 = 0
    /// The first eight bytes of the contents of RESET and GOAWAY as a number, and how many there are.
    var value: UInt64 = 0
    var valueCount = 0

    var decoder = HeaderDecoder()
    var block = Block()

    /// A direction whose next byte begins a frame or the preface, or may lie anywhere.
    init(atStart: Bool) { state = atStart ? .start : .lost }
}
