@testable import OTLP

// What a peer sends as gzip. The first two bytes are the limit on what comes out, in units of 16 bytes.

/// One input, from libFuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ start: UnsafeRawPointer, _ count: Int) -> Int32 {
    guard count >= 2 else { return 0 }
    let input = UnsafeRawBufferPointer(start: start, count: count)
    let limit = (Int(input[0]) << 8 | Int(input[1])) * 16
    let bytes = UnsafeRawBufferPointer(rebasing: input.dropFirst(2))
    do throws(GunzipError) {
        let result = try Gunzip.inflate(bytes, limit: limit)
        require(result.count <= limit, "\(result.count) bytes with a limit of \(limit)")
        // The limit changes nothing but whether.
        require(try Gunzip.inflate(bytes, limit: result.count) == result, "the limit changes the result")
        guard !result.isEmpty else { return 0 }
        do throws(GunzipError) {
            _ = try Gunzip.inflate(bytes, limit: result.count - 1)
            require(false, "more than the limit")
        } catch { require(error == .tooLarge, "\(error)") }
    } catch {
        return 0
    }
    return 0
}
