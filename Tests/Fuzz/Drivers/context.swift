@testable import Propagation

// Trace contexts: the first line is a traceparent, every further one a tracestate header; then all of them as the headers
// of one message.

/// One input, from libFuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ start: UnsafeRawPointer, _ count: Int) -> Int32 {
    var cursor = Cursor(UnsafeRawBufferPointer(start: start, count: count))
    let parent = cursor.run(until: [0x0A])
    let context = TraceparentParser.parse(parent)
    let expected = oracle(Array(parent))
    require(context.map(text) == expected, "\(String(decoding: parent, as: UTF8.self)): \(String(describing: context))")

    var reader = ContextReader()
    reader.begin()
    add("TraceParent", parent, to: &reader)
    var whole: [UInt8] = []
    var state = Tracestate()
    var hasState = false
    while !cursor.isAtEnd {
        let line = cursor.run(until: [0x0A])
        state.add(line)
        add("tracestate", line, to: &reader)
        if hasState { whole.append(UInt8(ascii: ",")) }
        whole += line
        hasState = true
    }
    check(state, whole: whole)

    var read: TraceContext?
    if case .one(let reading) = reader.finish() { read = reading.context }
    require(read == context, "the reader has another context than the parser")
    let counters = reader.counters
    require(counters[.tracecontext, .read] == (context == nil ? 0 : 1), "a context is not counted as read")
    require(counters.rejected == (context == nil ? 1 : 0), "an invalid context is not counted")
    reader.withTracestate { bytes in
        let kept = context == nil ? [] : state.bytes
        require(bytes.elementsEqual(kept), "the reader has another state than its headers")
    }
    return 0
}

private func add(_ name: StaticString, _ value: UnsafeRawBufferPointer, to reader: inout ContextReader) {
    let name = UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
    reader.add(name: name, value: value)
}

/// Several headers are one, what was read reads as itself, and no bound is exceeded.
private func check(_ state: Tracestate, whole: [UInt8]) {
    var joined = Tracestate()
    whole.withUnsafeBytes { joined.add($0) }
    require(
        joined.isValid == state.isValid && joined.bytes == state.bytes, "headers apart are another state than joined")
    var again = Tracestate()
    state.bytes.withUnsafeBytes { again.add($0) }
    require(again.isValid && again.bytes == state.bytes, "a state that was read does not read as itself")
    require(state.isValid || state.bytes.isEmpty, "an invalid state has members")
    let members = state.bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    require(state.bytes.isEmpty || members.count <= 32, "\(members.count) members")
    require(members.allSatisfy { $0.count <= 513 }, "a member that is too long")
    let keys = members.map { $0.prefix { $0 != UInt8(ascii: "=") } }
    require(Set(keys).count == keys.count, "a key twice")
    require(state.bytes.allSatisfy { (0x20...0x7E).contains($0) }, "a byte that is not printable")
}

/// A context as the 52 characters behind a traceparent's version.
private func text(_ context: TraceContext) -> String {
    func hex(_ number: UInt64, _ digits: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: digits - text.utf8.count) + text
    }
    let trace = hex(context.traceHigh, 16) + hex(context.traceLow, 16)
    return "\(trace)-\(hex(context.spanID, 16))-\(hex(UInt64(context.flags), 2))"
}

/// The same rules, said in another way; nil for what is invalid.
private func oracle(_ bytes: [UInt8]) -> String? {
    guard let text = String(validating: bytes, as: UTF8.self) else {
        // Only behind a higher version's 55 characters may there be anything.
        let ascii = bytes.map { $0 < 0x80 ? $0 : UInt8(ascii: "?") }
        return oracle(ascii)
    }
    let blank: Set<Unicode.Scalar> = [" ", "\t"]
    var scalars = Array(text.unicodeScalars)
    while let last = scalars.last, blank.contains(last) { scalars.removeLast() }
    scalars.removeFirst(scalars.prefix { blank.contains($0) }.count)
    let first = scalars.prefix(55)
    let parts = first.split(separator: "-", omittingEmptySubsequences: false).map(Array.init)
    let digits = Set("0123456789abcdef".unicodeScalars)
    guard parts.map(\.count) == [2, 32, 16, 2], parts.joined().allSatisfy(digits.contains) else { return nil }
    guard parts[0] != ["f", "f"], parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" })
    else { return nil }
    if scalars.count > 55 {
        guard parts[0] != ["0", "0"], scalars[55] == "-" else { return nil }
    }
    return String(String.UnicodeScalarView(first.dropFirst(3)))
}
