/// Pieces of a request that are replaced by others, in ascending order of their places, and the lengths around them
/// that change with it. All else stays as it is, byte for byte.
struct Splices {
    /// What comes in the place of some bytes.
    private enum Replacement {
        case nothing
        case traceID(TraceID)
        case spanID(UInt64)
        /// A length, as a varint.
        case length(UInt64)
        /// Bytes of ``added``.
        case added(UInt32, UInt32)

        /// Its bytes.
        var count: Int {
            switch self {
            case .nothing: 0
            case .traceID: 16
            case .spanID: 8
            case .length(let length): Wire.size(ofVarint: length)
            case .added(let start, let end): Int(end &- start)
            }
        }
    }

    private struct Splice {
        var start: UInt32
        var end: UInt32
        var replacement: Replacement
    }

    /// A message whose contents are being looked at.
    struct Message {
        fileprivate var index: Int
        fileprivate var length: Int
        fileprivate var grown: Int
    }

    private var splices: [Splice] = []
    private var added: [UInt8] = []
    /// How many bytes more the result has; fewer, if negative. Of messages that are open their lengths do not count
    /// yet.
    private(set) var grown = 0

    /// Nothing is replaced.
    init() {}

    /// Whether everything stays.
    var isEmpty: Bool { splices.isEmpty }

    /// Goes into a message of so many bytes whose length is written at that place.
    mutating func open(lengthAt place: Range<Int>, length: Int) -> Message {
        let message = Message(index: splices.count, length: length, grown: grown)
        append(place, .nothing)
        // Whether the length goes is known only at the end.
        grown = message.grown
        return message
    }

    /// Leaves the message that was entered last and not left yet.
    mutating func close(_ message: Message) {
        let change = grown - message.grown
        if splices.count == message.index + 1 {
            splices.removeLast()
        } else if change == 0 {
            // It has the length that it had, however that is written.
            splices[message.index].end = splices[message.index].start
        } else {
            let length = UInt64(max(message.length + change, 0))
            let place = splices[message.index]
            splices[message.index].replacement = .length(length)
            grown += Wire.size(ofVarint: length) - Int(place.end &- place.start)
        }
    }

    /// Overwrites 16 bytes.
    mutating func replace(_ place: Range<Int>, with id: TraceID) { append(place, .traceID(id)) }

    /// Overwrites 8 bytes.
    mutating func replace(_ place: Range<Int>, with id: UInt64) { append(place, .spanID(id)) }

    /// Leaves bytes out.
    mutating func remove(_ place: Range<Int>) { append(place, .nothing) }

    /// Inserts bytes.
    mutating func insert(_ bytes: [UInt8], at place: Int) {
        guard !bytes.isEmpty else { return }
        let start = UInt32(truncatingIfNeeded: added.count)
        added.append(contentsOf: bytes)
        append(place..<place, .added(start, UInt32(truncatingIfNeeded: added.count)))
    }

    private mutating func append(_ place: Range<Int>, _ replacement: Replacement) {
        splices.append(
            Splice(
                start: UInt32(truncatingIfNeeded: place.lowerBound), end: UInt32(truncatingIfNeeded: place.upperBound),
                replacement: replacement))
        grown += replacement.count - place.count
    }

    /// The bytes with everything replaced. All messages have been left.
    func applied(to bytes: UnsafeRawBufferPointer) -> [UInt8] {
        let count = max(bytes.count + grown, 0)
        return [UInt8](unsafeUninitializedCapacity: count) { target, filled in
            var output = Output(target: UnsafeMutableRawBufferPointer(target))
            var from = 0
            added.withUnsafeBytes { added in
                for splice in splices {
                    output.copy(bytes, from..<Int(splice.start))
                    from = Int(splice.end)
                    switch splice.replacement {
                    case .nothing: break
                    case .traceID(let id):
                        output.store(id.high)
                        output.store(id.low)
                    case .spanID(let id): output.store(id)
                    case .length(let length): output.varint(length)
                    case .added(let start, let end): output.copy(added, Int(start)..<Int(end))
                    }
                }
            }
            output.copy(bytes, from..<bytes.count)
            filled = output.count
        }
    }
}

/// Where the result is written.
private struct Output {
    let target: UnsafeMutableRawBufferPointer
    var count = 0

    mutating func copy(_ source: UnsafeRawBufferPointer, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        UnsafeMutableRawBufferPointer(rebasing: target[count..<(count + range.count)])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[range]))
        count += range.count
    }

    /// An id, the highest byte first.
    mutating func store(_ id: UInt64) {
        target.storeBytes(of: id.bigEndian, toByteOffset: count, as: UInt64.self)
        count += 8
    }

    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            target[count] = UInt8(truncatingIfNeeded: rest) | 0x80
            rest >>= 7
            count += 1
        }
        target[count] = UInt8(truncatingIfNeeded: rest)
        count += 1
    }
}
