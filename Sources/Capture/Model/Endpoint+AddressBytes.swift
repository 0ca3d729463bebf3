extension Endpoint {
    /// The text of ``addressText`` as bytes, for the time of the call. An IPv4 address costs no allocation.
    public func withAddressText(_ body: (UnsafeRawBufferPointer) -> Void) {
        guard family == .ipv4 else {
            var text = addressText
            return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
        }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 15) { text in
            var count = 0
            for shift: UInt64 in [56, 48, 40, 32] {
                let part = UInt8(truncatingIfNeeded: high >> shift)
                if count > 0 {
                    text[count] = UInt8(ascii: ".")
                    count += 1
                }
                for divisor: UInt8 in [100, 10, 1] where part >= divisor || divisor == 1 {
                    text[count] = 0x30 + part / divisor % 10
                    count += 1
                }
            }
            body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(text)[..<count]))
        }
    }
}
