/// Ends the run when something does not hold; libFuzzer keeps the input.
func require(_ holds: Bool, _ what: @autoclosure () -> String, line: UInt = #line) {
    if !holds { fatalError("line \(line): \(what())") }
}

/// Bytes that are allocated now, by the address sanitizer's account.
@_silgen_name("__sanitizer_get_current_allocated_bytes") func allocatedBytes() -> Int

/// Reads an input from its front. What is not there reads as zero.
struct Cursor {
    private var rest: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func byte() -> UInt8 {
        guard let first = rest.first else { return 0 }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst())
        return first
    }

    mutating func word() -> UInt16 { UInt16(byte()) << 8 | UInt16(byte()) }

    /// What stands before the next such bytes, which are passed over.
    mutating func run(until end: [UInt8]) -> UnsafeRawBufferPointer {
        var count = 0
        while count < rest.count, !rest.dropFirst(count).starts(with: end) { count += 1 }
        let run = UnsafeRawBufferPointer(rebasing: rest.prefix(count))
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count + end.count))
        return run
    }
}
