import Capture
import Glibc

// A capture file, of either format, through replay: the same steps that `interspan replay` takes.

/// Bytes that reading a file may take beside what its size accounts for.
private let mostMemory = 48 << 20

/// A file in memory, used by every input.
private let descriptor: Int32 = {
    let name = "/interspan-fuzz-\(getpid())"
    let opened = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0o600)
    shm_unlink(name)
    return opened
}()

/// One input, from libFuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ start: UnsafeRawPointer, _ count: Int) -> Int32 {
    require(ftruncate(descriptor, 0) == 0 && pwrite(descriptor, start, count, 0) == count, "the input is not written")
    let path = "/proc/self/fd/\(descriptor)"
    var options = CaptureOptions()
    options.headers.contexts = ["traceparent", "tracestate"]
    options.maximumConnections = 64
    // Of even length: twice at once, so that packets of two files are merged.
    let paths = count % 2 == 0 ? [path, path] : [path]
    guard var replay = try? ReplayCapture(paths: paths, options: options) else { return 0 }
    var batch = ObservationBatch()
    // Two connections of a file may claim the same numbers, and what was forgotten may come again.
    var ledger = Ledger(isStrict: false)
    var watermark: UInt64 = 0
    let before = allocatedBytes()
    do throws(CaptureError) {
        while try replay.fill(&batch) {
            require(batch.watermark >= watermark, "the watermark goes back")
            watermark = batch.watermark
            ledger.take(&batch)
        }
    } catch {
        require(!error.description.isEmpty, "an error that says nothing")
    }
    ledger.take(&batch)
    replay.finish(&batch)
    ledger.take(&batch)
    let grown = allocatedBytes() - before
    require(grown < mostMemory + 64 * count, "\(grown) bytes for a file of \(count)")
    let counters = replay.counters
    require(counters.consumed == counters.submitted, "submitted \(counters.submitted), consumed \(counters.consumed)")
    return 0
}
