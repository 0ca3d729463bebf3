@testable import Propagation

// The dialects with one header, said in another way than the parsers do: with strings and sets, slowly.

/// What a value is to be read as.
enum Expected {
    case context(TraceContext)
    case decision(SamplingDecision)
    case invalid
}

private typealias Bytes = ArraySlice<UInt8>
private let hexDigits = Set("0123456789abcdefABCDEF".utf8)
private let decimalDigits = Set("0123456789".utf8)

private func trim(_ bytes: some Collection<UInt8>) -> Bytes {
    let blank: Set<UInt8> = [0x20, 0x09]
    let front = bytes.drop { blank.contains($0) }
    return Bytes(Array(front.reversed().drop { blank.contains($0) }).reversed())
}

private func split(_ bytes: some Collection<UInt8>, _ separator: Character) -> [Bytes] {
    Array(bytes).split(separator: separator.asciiValue ?? 0, omittingEmptySubsequences: false)
}

private func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

/// A number of so many hexadecimal digits, as two halves.
private func hex(_ bytes: some Collection<UInt8>, _ counts: ClosedRange<Int>) -> (UInt64, UInt64)? {
    guard counts.contains(bytes.count), bytes.allSatisfy(hexDigits.contains) else { return nil }
    let padded = String(repeating: "0", count: 32 - bytes.count) + text(bytes)
    return (UInt64(padded.prefix(16), radix: 16) ?? 0, UInt64(padded.suffix(16), radix: 16) ?? 0)
}

private func trace(_ bytes: some Collection<UInt8>, _ counts: [Int]) -> (UInt64, UInt64)? {
    guard counts.contains(bytes.count), let id = hex(bytes, 1...32), id != (0, 0) else { return nil }
    return id
}

private func decimal(_ bytes: some Collection<UInt8>) -> UInt64? {
    bytes.allSatisfy(decimalDigits.contains) && bytes.count <= 20 ? UInt64(text(bytes)) : nil
}

private func context(_ trace: (UInt64, UInt64), _ span: UInt64, _ decision: SamplingDecision) -> Expected {
    .context(
        TraceContext(
            traceHigh: trace.0, traceLow: trace.1, spanID: span,
            flags: decision == .keep || decision == .force ? 1 : 0, decision: decision))
}

func jaeger(_ value: [UInt8]) -> Expected {
    var rest = Array(trim(value).reversed())
    var decoded: [UInt8] = []
    while let byte = rest.popLast() {
        guard byte == UInt8(ascii: "%") else {
            decoded.append(byte)
            continue
        }
        let digits = [rest.popLast(), rest.popLast()].compactMap { $0 }
        guard digits.count == 2, let number = hex(digits, 2...2) else { return .invalid }
        decoded.append(UInt8(number.1))
    }
    let fields = split(decoded, ":")
    guard fields.count == 4, let id = trace(fields[0], Array(1...32)), let span = hex(fields[1], 1...16), span.1 != 0,
        let flags = hex(fields[3], 1...2)?.1
    else { return .invalid }
    if flags % 2 == 0 { return context(id, span.1, .drop) }
    let isRandom = fields[3].count == 2 && id.0 != 0
    return context(id, span.1, flags / 2 % 2 == 1 && !isRandom ? .force : .keep)
}

func b3(_ value: [UInt8]) -> Expected {
    let decisions: [String: SamplingDecision] = ["0": .drop, "1": .keep, "d": .force]
    let value = trim(value)
    if let alone = decisions[text(value)] { return .decision(alone) }
    let fields = split(value, "-")
    guard (2...4).contains(fields.count), let id = trace(fields[0], [16, 32]), let span = trace(fields[1], [16])
    else { return .invalid }
    var decision = SamplingDecision.undecided
    if fields.count > 2 {
        guard let said = decisions[text(fields[2])] else { return .invalid }
        decision = said
    }
    if fields.count > 3, hex(fields[3], 16...16) == nil { return .invalid }
    return context(id, span.1, decision)
}

func xray(_ value: [UInt8]) -> Expected {
    var members: [String: [Bytes]] = [:]
    for member in split(value, ";").map(trim) where !member.isEmpty {
        guard member.contains(UInt8(ascii: "=")) else { return .invalid }
        let key = text(trim(member.prefix { $0 != UInt8(ascii: "=") }))
        let value = trim(member.drop { $0 != UInt8(ascii: "=") }.dropFirst())
        // Of ASCII only: what else lower-cases to these letters is no such key.
        if key.utf8.allSatisfy({ $0 < 0x80 }) { members[key.lowercased(), default: []].append(value) }
    }
    guard let root = members["root"], root.count == 1, root[0].count == 35 else { return .invalid }
    let parts = split(root[0], "-")
    guard parts.map(\.count) == [1, 8, 24], parts[0].elementsEqual([UInt8(ascii: "1")]),
        let id = trace(parts[1] + parts[2], [32])
    else { return .invalid }
    var span: UInt64 = 0
    if let parent = members["parent"] {
        guard parent.count == 1, let read = trace(parent[0], [16]) else { return .invalid }
        span = read.1
    }
    var decision = SamplingDecision.undecided
    if let sampled = members["sampled"] {
        let decisions: [String: SamplingDecision] = ["0": .drop, "1": .keep, "?": .undecided]
        guard sampled.count == 1, let read = decisions[text(sampled[0])] else { return .invalid }
        decision = read
    }
    return context(id, span, decision)
}

func google(_ value: [UInt8]) -> Expected {
    let halves = split(trim(value), "/")
    guard halves.count == 2, let id = trace(halves[0], [32]) else { return .invalid }
    let parts = split(halves[1], ";")
    guard parts.count <= 2, let span = decimal(parts[0]), span != 0 else { return .invalid }
    if parts.count == 1 { return context(id, span, .undecided) }
    switch text(parts[1]) {
    case "o=0": return context(id, span, .drop)
    case "o=1": return context(id, span, .keep)
    default: return .invalid
    }
}

func skyWalking(_ value: [UInt8]) -> Expected {
    let fields = split(trim(value), "-")
    guard fields.count == 8, ["0", "1"].contains(text(fields[0])), let trace = base64(fields[1]), !trace.isEmpty,
        let segment = base64(fields[2]), !segment.isEmpty, trace.count <= 128, segment.count <= 128,
        segment.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), let index = decimal(fields[3]), index < 1 << 31,
        fields[4...].allSatisfy({ base64($0) != nil })
    else { return .invalid }
    var bytes: [UInt8]
    if trace.count <= 36 {
        let dashes = trace.indices.filter { trace[$0] == UInt8(ascii: "-") }
        guard dashes == (trace.count == 36 ? [8, 13, 18, 23] : []), let id = raw(trace.filter { $0 != 0x2D })
        else { return .invalid }
        bytes = id
    } else {
        guard trace.contains(UInt8(ascii: ".")), let id = mixed(trace) else { return .invalid }
        bytes = id
    }
    let id = (number(bytes[..<8]), number(bytes[8...]))
    if id == (0, 0) { return .invalid }
    var span: UInt64 = 0
    if let mix = mixed(segment) {
        bytes = mix
        for place in 0..<4 { bytes[place] ^= UInt8(truncatingIfNeeded: index >> UInt64(8 * place)) }
        span = number(zip(bytes[..<8], bytes[8...]).map { $0 ^ $1 }[...])
    }
    return context(id, span, text(fields[0]) == "1" ? .keep : .drop)
}

/// Exactly 32 hexadecimal digits as bytes.
private func raw(_ digits: some Collection<UInt8>) -> [UInt8]? {
    guard let id = hex(digits, 32...32) else { return nil }
    return (0..<16).map { UInt8(truncatingIfNeeded: ($0 < 8 ? id.0 : id.1) >> UInt64(56 - 8 * ($0 % 8))) }
}

private func number(_ bytes: Bytes) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

private func mixed(_ id: [UInt8]) -> [UInt8]? {
    let parts = split(id, ".")
    guard var bytes = raw(parts[0]) else { return nil }
    if parts.count == 1 { return bytes }
    let numbers = parts.dropFirst().map { part -> Int64? in
        let digits = part.drop { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
        guard part.count - digits.count <= 1, digits.count <= 20, !digits.isEmpty else { return nil }
        return digits.allSatisfy(decimalDigits.contains) ? Int64(text(part)) : nil
    }
    guard numbers.count == 2, let middle = numbers[0], let last = numbers[1] else { return nil }
    for place in 0..<4 { bytes[4 + place] ^= UInt8(truncatingIfNeeded: middle >> Int64(8 * place)) }
    for place in 0..<8 { bytes[8 + place] ^= UInt8(truncatingIfNeeded: last >> Int64(8 * place)) }
    return bytes
}

/// Decodes by a string of bits, and holds it against what those bytes encode to.
private func base64(_ bytes: Bytes) -> [UInt8]? {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    let digits = bytes.prefix { $0 != UInt8(ascii: "=") }
    let padding = bytes.count - digits.count
    guard bytes.count % 4 == 0, padding <= 2, bytes.suffix(padding).allSatisfy({ $0 == UInt8(ascii: "=") })
    else { return nil }
    var bits: [Bool] = []
    for digit in digits {
        guard let value = alphabet.firstIndex(of: digit) else { return nil }
        for place in (0..<6).reversed() { bits.append(value >> place & 1 == 1) }
    }
    let whole = bits.count / 8 * 8
    if bits[whole...].contains(true) { return nil }
    return stride(from: 0, to: whole, by: 8).map { start in
        bits[start..<start + 8].reduce(0) { $0 << 1 | ($1 ? 1 : 0) }
    }
}
