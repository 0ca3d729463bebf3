internal import OTLP

/// A span of the input, as far as finding its parent asks.
struct FileSpan: BitwiseCopyable {
    struct Flags: OptionSet, BitwiseCopyable {
        let rawValue: UInt8

        /// It did not say when it ended.
        static let isOpen = Flags(rawValue: 1)
        /// It came before, word for word: it takes the place of that one.
        static let isRepeated = Flags(rawValue: 2)
        /// Nothing can be said of it, since it does not say when it began.
        static let isTimeless = Flags(rawValue: 4)
    }

    /// When it began and ended, ns since 1970.
    var start: UInt64
    var end: UInt64
    /// Its id; 0 when it has none.
    var spanID: UInt64
    /// What is done.
    var operation: UInt64
    /// Whose it is, see ``FileSpans``.
    var owner: UInt32
    /// Its thread, unlike that of any other owner; 0 when it does not say.
    var thread: UInt32
    /// What else it says, in ``FileSpans/details``; `.max` when nothing.
    var details: UInt32
    var kind: SpanKind
    var flags: Flags

    /// Whether it handles a request, on whose behalf others are made.
    var isRequest: Bool { kind == .server || kind == .consumer }
    /// Whether it asks somebody.
    var isCall: Bool { kind == .client || kind == .producer }
    /// Whether it is correlated by itself.
    var isCounted: Bool { flags.isDisjoint(with: [.isRepeated, .isTimeless]) }

    init(_ span: LineSpan, owner: UInt32, details: UInt32) {
        start = span.start
        // One that ends before it begins has a damaged end: nothing is known but that it was there.
        end = max(span.start, span.end)
        spanID = span.spanID
        operation = span.operation
        self.owner = owner
        self.details = details
        kind = span.kind
        flags = []
        if span.end == 0 { flags.insert(.isOpen) }
        if span.start == 0 { flags.insert(.isTimeless) }
        thread = 0
        if span.thread != 0 {
            thread = UInt32(truncatingIfNeeded: FileSpan.mix(span.thread ^ FileSpan.mix(UInt64(owner)))) | 1
        }
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var hash = value &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash >> 32
        return hash &* 0xD6E8_FEB8_6659_FD93
    }
}

/// What ties both ends of a call together, or a request and the calls made for it, besides times.
struct FileSpanDetails: BitwiseCopyable {
    /// What is asked for; 0 when not known.
    var signature: UInt64
    /// The exchange, of spans that an agent of ours made; else 0.
    var exchange: UInt64
    /// Ids of requests and messages; 0 from the first that is not there.
    var ids: InlineArray<4, UInt64>
    /// The connection's port at the client; 0 when not known.
    var clientPort: UInt16

    /// Nil when there is nothing to tell.
    init?(_ span: LineSpan) {
        guard span.signature != 0 || span.exchange != 0 || span.clientPort != 0 || span.ids[0] != 0 else { return nil }
        signature = span.signature
        exchange = span.exchange
        ids = span.ids
        clientPort = span.clientPort
    }
}

/// Where a span belongs.
struct FilePlacing: BitwiseCopyable {
    /// The span that caused it, or, of one that is repeated, the first; `.max` for none.
    var parent = UInt32.max
    /// The topmost span above it, itself if there is none.
    var root = UInt32.max
    /// How sure that is, 0...1.
    var confidence: Float = 0
    /// Which evidence decided, ``LinkMethod``.
    var method: UInt8 = 0
}
