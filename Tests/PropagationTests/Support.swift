import Propagation
import Testing

/// A small generator with a seed, so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Gives a copy of exactly the bytes, so that a read beyond them is found by the address sanitizer.
func withCopy<R>(of bytes: some Collection<UInt8>, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes)
    return try body(UnsafeRawBufferPointer(copy))
}

func parse(_ text: String) -> TraceContext? { parse(Array(text.utf8)) }

func parse(_ bytes: [UInt8]) -> TraceContext? { withCopy(of: bytes, TraceparentParser.parse) }

/// The state that several headers make; nil when it is invalid.
func combine(_ headers: [String]) -> String? {
    var state = Tracestate()
    for header in headers { Array(header.utf8).withUnsafeBytes { state.add($0) } }
    return state.isValid ? String(decoding: state.bytes, as: UTF8.self) : nil
}

extension ContextReader {
    /// Reads one message.
    mutating func read(_ fields: [(String, String)]) -> ContextReading? {
        guard case .one(let reading) = result(of: fields) else { return nil }
        return reading
    }

    /// Reads one message.
    mutating func result(of fields: [(String, String)], at place: ContextPlace = .header) -> ContextResult {
        result(of: fields.map { (0, $0.0, $0.1) }, at: place)
    }

    /// Reads a batch: the part of each field comes first.
    mutating func result(of fields: [(UInt16, String, String)], at place: ContextPlace = .header) -> ContextResult {
        begin()
        for (part, name, value) in fields {
            withCopy(of: name.utf8) { name in
                withCopy(of: value.utf8) { add(name: name, value: $0, at: place, part: part) }
            }
        }
        return finish()
    }

    var state: String { withTracestate { String(decoding: $0, as: UTF8.self) } }
}

extension TraceContext {
    /// A context of a dialect that has a decision, and no flags.
    init(_ high: UInt64, _ low: UInt64, _ span: UInt64, _ decision: SamplingDecision) {
        self.init(
            traceHigh: high, traceLow: low, spanID: span, flags: decision == .keep || decision == .force ? 1 : 0,
            decision: decision)
    }
}

/// The context of one message; nil when it has none that is valid, which must have been counted then.
func context(_ fields: (String, String)..., keys: ContextKeys = ContextKeys()) -> TraceContext? {
    var reader = ContextReader(keys: keys)
    let reading = reader.read(fields)
    let read = Propagator.allCases.reduce(0) { $0 + reader.counters[$1, .read] }
    #expect(read == (reading == nil ? 0 : 1))
    return reading?.context
}

/// What became of the contexts of one message, of a dialect.
func outcomes(_ propagator: Propagator, _ fields: (String, String)...) -> [ContextOutcome] {
    var reader = ContextReader()
    _ = reader.result(of: fields)
    return ContextOutcome.allCases.filter { reader.counters[propagator, $0] == 1 }
}
