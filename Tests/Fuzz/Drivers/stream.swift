// Records of a few sockets through the connection tracker and the parser of one protocol, which the environment names:
// one program for all of them.
@testable import Capture
import Glibc

/// Names the protocol: a case of `ApplicationProtocol`, or `list` for those that there are parsers for.
private let variable = "INTERSPAN_FUZZ_PROTOCOL"
/// Begins a command. Two bytes: one alone is frequent in protocols that are no text.
private let escape: [UInt8] = [0xFE, 0xED]
/// Bytes that a tracker of a few connections may take however often a script is played: their field and line buffers,
/// 1 MiB of records that wait on each, and what tables keep.
private let mostMemory = 16 << 20
/// Rounds of one script: enough to see something grow.
private let rounds = 4

private let identity: ApplicationProtocol = {
    let known = ParserTable().identities
    let name = getenv(variable).map { String(cString: $0) } ?? ""
    if let identity = known.first(where: { "\($0)" == name }) { return identity }
    if name == "list" {
        for identity in known { print(identity) }
        exit(0)
    }
    fatalError("\(variable) is to name one of \(known)")
}()

/// Before any input.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeMutablePointer<Int32>, _ arguments: UnsafeMutableRawPointer) -> Int32 {
    _ = identity
    return 0
}

/// One input, from libFuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ start: UnsafeRawPointer, _ count: Int) -> Int32 {
    let input = UnsafeRawBufferPointer(start: start, count: count)
    guard let options = input.first else { return 0 }
    let text = UnsafeRawBufferPointer(rebasing: input.dropFirst())
    var script = Script(options: options, escape: escape, isStrict: false)
    script.tracker.parsers = script.tracker.parsers.only(identity)
    // Half of the inputs are of this protocol without having to look like it.
    if options & 64 != 0 { script.forced = (identity, isJoined: options & 128 != 0) }
    script.hasDatagrams = identity == .dns && options & 0xC0 == 0x80
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
