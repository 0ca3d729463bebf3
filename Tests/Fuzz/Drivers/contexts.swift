@testable import Propagation

// Contexts of every dialect: each line is a field of one message. Its first byte says under which name, its second of which
// part of a batch; the value follows.

private let keys = ContextKeys(traceID: ["x-trace", "x-trace-old"], spanID: ["x-span"])
private let names = ContextReader(keys: keys).names + ["baggage", "uberctx-tenant", "x-unknown"]
private let baggageKeys = ["tenant", "userId"]
/// One that has read everything before.
nonisolated(unsafe) private var used = ContextReader(keys: keys)
nonisolated(unsafe) private var usedBaggage = BaggageReader(keys: baggageKeys)

private struct Line {
    var name: String
    var part: UInt16
    var value: UnsafeRawBufferPointer
}

/// One input, from libFuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ start: UnsafeRawPointer, _ count: Int) -> Int32 {
    var cursor = Cursor(UnsafeRawBufferPointer(start: start, count: count))
    var lines: [Line] = []
    while !cursor.isAtEnd {
        let name = names[Int(cursor.byte()) % names.count]
        let part = UInt16(cursor.byte() & 3)
        lines.append(Line(name: name, part: part, value: cursor.run(until: [0x0A])))
    }
    for line in lines { checkAlone(line) }
    checkMessage(lines)
    checkBaggage(lines)
    return 0
}

/// A field that is the only one of its message: its context is the one that the same rules, said in another way, give.
private func checkAlone(_ line: Line) {
    let expected: Expected
    let value = Array(line.value)
    switch line.name {
    case "sw8": expected = skyWalking(value)
    case "uber-trace-id": expected = jaeger(value)
    case "b3": expected = b3(value)
    case "x-amzn-trace-id": expected = xray(value)
    case "x-cloud-trace-context": expected = google(value)
    default: return
    }
    var reader = ContextReader()
    let result = read([line], with: &reader)
    let shown = "\(line.name): \(String(decoding: value, as: UTF8.self)): \(result), expected \(expected)"
    switch expected {
    case .context(let context):
        require(result == .one(ContextReading(context: context, propagator: line.propagator, place: .header)), shown)
        require(reader.counters[line.propagator, .read] == 1, "not counted: \(shown)")
        require((reader.skyWalking != nil) == (line.name == "sw8"), "SkyWalking's ids: \(shown)")
    case .decision(let decision):
        require(result == .none && reader.decisionAlone == decision, shown)
    case .invalid:
        require(result == .none && reader.decisionAlone == .undecided, shown)
        require(reader.counters[line.propagator, .invalid] == 1, "not counted: \(shown)")
    }
}

extension Line {
    fileprivate var propagator: Propagator {
        Propagator.configurable.first { $0.names.contains(name) } ?? .keys
    }
}

private func read(_ lines: [Line], with reader: inout ContextReader) -> ContextResult {
    reader.begin()
    for line in lines {
        let name = Array(line.name.utf8)
        name.withUnsafeBytes { reader.add(name: $0, value: line.value, part: line.part) }
    }
    return reader.finish()
}

/// All fields as one message: what was read before does not matter, and no bound is exceeded.
private func checkMessage(_ lines: [Line]) {
    var reader = ContextReader(keys: keys)
    let result = read(lines, with: &reader)
    require(read(lines, with: &used) == result, "another result in a reader that was used before")
    require(used.others == reader.others && used.othersLeftOut == reader.othersLeftOut, "other others")
    require(used.skyWalking == reader.skyWalking && used.decisionAlone == reader.decisionAlone, "other ids")
    let state = reader.withTracestate { Array($0) }
    require(used.withTracestate { $0.elementsEqual(state) }, "another state")

    var all = reader.others
    if case .one(let main) = result {
        all.append(main)
        require(reader.decisionAlone == .undecided, "a decision beside a context")
        require(state.isEmpty || main.propagator == .tracecontext, "another dialect's state")
    } else {
        require(state.isEmpty, "a state without a context")
    }
    require(result == .none ? all.isEmpty : !all.isEmpty, "\(result) with \(all.count)")
    require(result != .several || all.count > 1, "several that are one")
    require(reader.others.count <= ContextReader.maximumOthers, "too many others")
    for reading in all {
        require(reading.context.traceHigh | reading.context.traceLow != 0, "a trace of zero")
        require(reading.context.spanID != 0 || [.xray, .sw8, .keys].contains(reading.propagator), "a span of zero")
    }
    let distinct = Set(all.map { [$0.context.traceHigh, $0.context.traceLow, $0.context.spanID] })
    require(distinct.count == all.count, "a span twice")
    let counted = Propagator.allCases.reduce(UInt64(0)) { sum, dialect in
        ContextOutcome.allCases.reduce(sum) { $0 + reader.counters[dialect, $1] }
    }
    require(counted <= 2 * UInt64(lines.count), "more outcomes than fields")
}

/// Values are text, of chosen keys, and no longer than what they were read from.
private func checkBaggage(_ lines: [Line]) {
    var baggage = BaggageReader(keys: baggageKeys)
    let values = read(lines, with: &baggage)
    require(read(lines, with: &usedBaggage) == values, "another baggage in a reader that was used before")
    require(values.count <= baggageKeys.count, "a key twice")
    require(baggage.counters.read == UInt64(values.count), "not counted")
    let length = lines.reduce(0) { $0 + $1.value.count }
    require(values.reduce(0) { $0 + $1.count } <= length + 9 * values.count, "longer than it was")
    require(values.allSatisfy { String(validating: $0, as: UTF8.self) != nil }, "no text")
}

private func read(_ lines: [Line], with reader: inout BaggageReader) -> [[UInt8]] {
    var values: [[UInt8]] = []
    reader.begin()
    for line in lines {
        let name = Array(line.name.utf8)
        name.withUnsafeBytes { name in
            reader.add(name: name, value: line.value) { values.append(Array(baggageKeys[$0].utf8) + [0x3D] + $1) }
        }
    }
    return values
}
