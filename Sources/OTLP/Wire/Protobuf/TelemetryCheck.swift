/// One pass over an export request in protobuf that proves it well-formed: tags, lengths, wire types of known fields,
/// UTF-8, nesting. Linear, without recursion, and without allocation while all spans are good.
struct TelemetryCheck {
    /// How many spans, data points or log records there are, those included that are refused.
    private(set) var items = 0
    /// Spans whose ids are ill-formed, by their place among the request's spans.
    private(set) var refused: [UInt32] = []
    /// What is wrong with the first of those.
    private(set) var reason: StaticString = ""

    /// Checks a request.
    init(_ bytes: UnsafeRawBufferPointer, signal: Signal) throws(MalformedTelemetry) {
        guard bytes.count <= Int(Int32.max) else { throw MalformedTelemetry("larger than 2 GiB") }
        let depth = Wire.deepest + 1
        let problem = Schema.entries.withUnsafeBufferPointer { entries in
            withUnsafeTemporaryAllocation(of: Frame.self, capacity: depth) { frames in
                walk(bytes, entries, frames, MessageType(requestOf: signal))
            }
        }
        if let problem { throw MalformedTelemetry(problem) }
    }

    /// A message that is being read.
    private struct Frame {
        /// Where it ends.
        var end: Int
        /// Its row in the schema.
        var row: Int
        /// The number of the group that it is; 0 if it is a message.
        var group: UInt32
    }

    /// The first thing that is wrong, or nil.
    private mutating func walk(
        _ bytes: UnsafeRawBufferPointer, _ entries: UnsafeBufferPointer<Schema.Entry>,
        _ frames: UnsafeMutableBufferPointer<Frame>, _ request: MessageType
    ) -> StaticString? {
        var ids = SpanCheck()
        var depth = 0
        var position = 0
        var frame = Frame(end: bytes.count, row: Schema.row(of: request), group: 0)
        while true {
            while position == frame.end {
                guard frame.group == 0 else { return "a group does not end" }
                if frame.row == SpanCheck.span { close(ids) }
                guard depth > 0 else { return nil }
                depth &-= 1
                frame = frames[depth]
            }
            guard let (number, type) = Wire.tag(bytes, &position, end: frame.end) else { return "not protobuf" }
            // A row has an entry for each number below the width.
            let entry = number < Schema.width ? entries[frame.row &+ Int(number)] : Schema.Entry()
            switch type {
            case .bytes:
                guard let end = Wire.extent(bytes, &position, end: frame.end) else { return Self.tooLong }
                guard let kind = entry.kind else {
                    position = end
                    continue
                }
                switch kind {
                case .message:
                    guard depth < Wire.deepest else { return "nested deeper than 100" }
                    frames[depth] = frame
                    depth &+= 1
                    frame = Frame(end: end, row: Schema.row(of: entry.message), group: 0)
                    if entry.path == .item {
                        items &+= 1
                        ids = SpanCheck()
                    }
                    continue
                case .string:
                    guard Text.isUTF8(UnsafeRawBufferPointer(rebasing: bytes[position..<end])) else {
                        return "a string is not UTF-8"
                    }
                case .bytes: break
                case .traceID, .spanID:
                    ids.see(number, row: frame.row, UnsafeRawBufferPointer(rebasing: bytes[position..<end]))
                default:
                    guard entry.isPackable else { return Self.wrongType }
                    while position < end {
                        guard Wire.skip(kind.wireType, bytes, &position, end: end) else {
                            return "packed numbers do not fill their field"
                        }
                    }
                }
                position = end
            case .varint, .fixed32, .fixed64:
                if let kind = entry.kind, kind.wireType != type { return Self.wrongType }
                guard Wire.skip(type, bytes, &position, end: frame.end) else { return Self.tooLong }
            case .groupStart:
                guard entry.kind == nil else { return Self.wrongType }
                guard depth < Wire.deepest else { return "nested deeper than 100" }
                frames[depth] = frame
                depth &+= 1
                frame = Frame(end: frame.end, row: Schema.row(of: .unknown), group: number)
            case .groupEnd:
                guard depth > 0, frame.group == number else { return "a group ends that did not begin" }
                depth &-= 1
                frame = frames[depth]
            }
        }
    }

    private static let tooLong: StaticString = "a field is longer than its message"
    private static let wrongType: StaticString = "a field has another wire type than opentelemetry-proto says"

    private mutating func close(_ ids: SpanCheck) {
        guard let wrong = ids.problem else { return }
        if refused.isEmpty { reason = wrong }
        refused.append(UInt32(truncatingIfNeeded: items &- 1))
    }
}
