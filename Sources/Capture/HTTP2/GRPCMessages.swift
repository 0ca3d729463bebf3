/// The messages of one direction of a gRPC call, counted by the five bytes before each: whether it is compressed, and its
/// length (gRPC over HTTP/2, "Length-Prefixed-Message").
struct GRPCMessages {
    /// Messages whose prefix has been seen.
    private(set) var count: UInt64 = 0
    /// Whether the place of the next prefix is not known any more.
    private(set) var isLost = false
    /// Bytes of the present message that are to come.
    private var left: UInt32 = 0
    private var length: UInt32 = 0
    private var gathered: UInt8 = 0

    /// Whether all bytes so far were whole messages, of which there was one at least.
    var isWhole: Bool { !isLost && count > 0 && left == 0 && gathered == 0 }

    /// Takes bytes of the body.
    mutating func take(_ bytes: UnsafeRawBufferPointer) {
        var index = 0
        while index < bytes.count, !isLost {
            if left > 0 {
                let step = min(Int(left), bytes.count - index)
                left -= UInt32(step)
                index += step
                continue
            }
            let byte = bytes[index]
            index += 1
            if gathered == 0 {
                length = 0
                // 0x80 is a trailer in the body, as gRPC-Web has it: not counted, and the last.
                if byte > 1 { isLost = true }
            } else {
                length = length << 8 | UInt32(byte)
            }
            gathered += 1
            if gathered == 5 {
                gathered = 0
                left = length
                count &+= 1
            }
        }
    }

    /// Bytes of the body come of which only the number is known.
    mutating func skip(_ number: UInt64) {
        guard number > 0 else { return }
        if number <= UInt64(left) { left -= UInt32(number) } else { isLost = true }
    }

    /// So much is missing that nothing is known of what comes.
    mutating func lose() { isLost = true }
}
