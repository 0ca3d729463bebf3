// Records of a few sockets through the connection tracker and the HTTP/1 parser.

/// Bytes that a tracker of a few connections may take however often a script is played: their field and line buffers,
/// 1 MiB of records that wait on each, and what tables keep.
private let mostMemory = 16 << 20
/// Rounds of one script: enough to see something grow.
private let rounds = 4

/// One input, from libFuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ start: UnsafeRawPointer, _ count: Int) -> Int32 {
    let input = UnsafeRawBufferPointer(start: start, count: count)
    guard let options = input.first else { return 0 }
    let text = UnsafeRawBufferPointer(rebasing: input.dropFirst())
    var script = Script(options: options, escape: [0xFE])
    script.play(text)
    if options & 32 != 0 {
        let before = allocatedBytes()
        for _ in 1..<rounds { script.play(text) }
        require(
            allocatedBytes() - before < mostMemory, "\(allocatedBytes() - before) bytes more after \(rounds) rounds")
    }
    script.finish()
    return 0
}
