import OTLP

// What is done with spans' texts: routes learned from paths, one a line, of which the first byte says whether it leads
// somewhere; the same lines as queries, as templates of routes and as whatever may have credentials in it.

/// One input, from libFuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ start: UnsafeRawPointer, _ count: Int) -> Int32 {
    var cursor = Cursor(UnsafeRawBufferPointer(start: start, count: count))
    var trie = RouteTrie()
    // Few nodes, so that an input of bytes can use them all.
    let most = 2 + Int(cursor.byte() % 24)
    while !cursor.isAtEnd {
        let line = cursor.run(until: [0x0A])
        learn(line, in: &trie, most: most)
        mask(line)
        findCredentials(line)
        if let template = try? RouteTemplate(String(decoding: line, as: UTF8.self)) {
            require(template.covers(template), "a template that does not cover itself")
        }
    }
    return 0
}

private func route(
    _ path: UnsafeRawBufferPointer, in trie: inout RouteTrie, learns: Bool, most: Int
) -> [UInt8]? {
    var route: [UInt8] = []
    return trie.write(path, learns: learns, most: most, to: &route) ? route : nil
}

/// A path that leads somewhere has a route of bounded length without anything that was percent-encoded or binary, and the
/// same one when it comes again.
private func learn(_ line: UnsafeRawBufferPointer, in trie: inout RouteTrie, most: Int) {
    let learns = (line.first ?? 0) & 1 == 0
    let path = UnsafeRawBufferPointer(rebasing: line.dropFirst())
    let before = trie.count
    let name = route(path, in: &trie, learns: learns, most: most)
    require(trie.count <= max(most, before), "\(trie.count) nodes of \(most)")
    require(learns || trie.count == before, "what leads nowhere was learned")
    guard let name else {
        require(!learns, "a path without a route")
        return
    }
    require(name.first == UInt8(ascii: "/"), "a route without a slash")
    require(
        name.count <= (RouteTrie.maximumDepth + 1) * (PathSegment.longestWord + 1), "a route of \(name.count) bytes")
    require(name.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "%") }, "a route with odd bytes")
    if !name.reversed().starts(with: "/{...}".utf8.reversed()) {
        require(route(path, in: &trie, learns: false, most: most) == name, "another route at once")
    }
}

private func mask(_ query: UnsafeRawBufferPointer) {
    var batch = SpanBatch()
    let masked = QueryMask.append(query, .mask, to: &batch)
    require(Int(masked.offset + masked.count) == batch.bytes.count, "the masked query lies elsewhere")
    let kept = QueryMask.append(query, .keep, to: &batch)
    require(Int(kept.offset + kept.count) == batch.bytes.count, "the kept query lies elsewhere")
    _ = SecretNames.contains(query)
}

/// Credentials come in order, and are announced by the check beforehand.
private func findCredentials(_ text: UnsafeRawBufferPointer) {
    var place = 0
    while let found = scanner.next(in: text, from: place) {
        require(
            found.lowerBound >= place && !found.isEmpty && found.upperBound <= text.count, "credentials at \(found)")
        require(scanner.mayFind(in: text), "credentials that were not announced")
        place = found.upperBound
    }
}

private let scanner = CredentialScanner()
