@testable import Capture

// Values in requests: the first byte says what the rest is read as, and whether more would follow.

private let scanner: ValueScanner = {
    var selection = ValueSelection()
    selection.isOn = true
    return ValueScanner(selection, seed: 7)
}()
private let ignoring: ValueScanner = {
    var selection = ValueSelection()
    selection.isOn = true
    selection.ignored = ["id", "a*"]
    return ValueScanner(selection, seed: 7)
}()

/// One input, from libFuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ start: UnsafeRawPointer, _ count: Int) -> Int32 {
    let input = UnsafeRawBufferPointer(start: start, count: count)
    guard let options = input.first else { return 0 }
    let text = UnsafeRawBufferPointer(rebasing: input.dropFirst())
    let isCut = options & 128 != 0
    let all = found(scanner, text, options & 15, isCut)
    let some = found(ignoring, text, options & 15, isCut)
    require(all.hashes.count <= FieldBuffer.maximumHashes, "\(all.hashes.count) hashes")
    require(all.hashes.allSatisfy { $0 != 0 }, "a hash is none")
    require(Set(all.hashes).count == all.hashes.count, "a hash stands twice")
    guard all.hashes.count < FieldBuffer.maximumHashes else { return 0 }
    require(Set(some.hashes).isSubset(of: all.hashes), "what is ignored made a value")
    if !isCut { checkEncoded(text) }
    return 0
}

private func found(
    _ scanner: ValueScanner, _ text: UnsafeRawBufferPointer, _ kind: UInt8, _ isCut: Bool
) -> ValueSet {
    var set = ValueSet()
    switch kind {
    case 0: scanner.target(text, isCut: isCut, into: &set)
    case 1: scanner.pairs(text, separator: UInt8(ascii: ";"), isCut: isCut, into: &set)
    case 2: scanner.json(text, isCut: isCut, into: &set)
    case 3: scanner.statement(text, .names, isCut: isCut, into: &set)
    case 4: scanner.statement(text, .strings, isCut: isCut, into: &set)
    case 5: scanner.protobuf(text, into: &set)
    case 6: scanner.opaque(text, isCut: isCut, into: &set)
    case 7: scanner.words(text, .backslash, isCut: isCut, into: &set)
    case 8: scanner.body(text, .grpc, isCut: isCut, into: &set)
    case 9: scanner.body(text, .unknown, isCut: isCut, into: &set)
    case 10: scanner.header(text, text, into: &set)
    case 11: scanner.body(text, BodyKind(mediaType: text), isCut: isCut, into: &set)
    default: scanner.words(text, .percent, isCut: isCut, into: &set)
    }
    return set
}

/// A text with every byte behind a percent sign has the values that it has as it is, words too long to be put together
/// apart.
private func checkEncoded(_ text: UnsafeRawBufferPointer) {
    guard text.count <= 256 else { return }
    var encoded: [UInt8] = []
    for byte in text {
        encoded.append(UInt8(ascii: "%"))
        encoded.append(contentsOf: String(byte >> 4, radix: 16).utf8)
        encoded.append(contentsOf: String(byte & 15, radix: 16).utf8)
    }
    var (plain, decoded) = (ValueSet(), ValueSet())
    scanner.words(text, .none, into: &plain)
    encoded.withUnsafeBytes { scanner.words($0, .percent, into: &decoded) }
    require(plain.hashes == decoded.hashes, "encoded, the values are others")
}
