import Glibc

extension ReceivedBatch {
    /// Whether some of its spans were made by this program, as their scope says. No span is looked at.
    public var hasOwnScope: Bool {
        guard signal == .traces else { return false }
        return bytes.withUnsafeBytes { bytes in
            Self.any(bytes, 0..<bytes.count, 1) { resourceSpans in
                Self.any(bytes, resourceSpans, 2) { scopeSpans in
                    Self.any(bytes, scopeSpans, 1) { scope in
                        Self.any(bytes, scope, 1) { isOwn(bytes, $0) }
                    }
                }
            }
        }
    }

    private static func any(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ number: UInt32, _ holds: (Range<Int>) -> Bool
    ) -> Bool {
        var position = range.lowerBound
        while let field = WireField(bytes, &position, end: range.upperBound) {
            if field.number == number, field.type == .bytes, holds(field.value) { return true }
        }
        return false
    }

    private func isOwn(_ bytes: UnsafeRawBufferPointer, _ name: Range<Int>) -> Bool {
        guard name.count == Conventions.scopeName.utf8CodeUnitCount, let start = bytes.baseAddress else { return false }
        return memcmp(start + name.lowerBound, Conventions.scopeName.utf8Start, name.count) == 0
    }
}
