/// A KeyValue: where its key and its value are.
struct WirePair {
    /// The text of the key.
    var key: Range<Int>
    /// The AnyValue.
    var value: Range<Int>

    /// Reads one that was checked.
    init(_ bytes: UnsafeRawBufferPointer, of range: Range<Int>) {
        key = range.lowerBound..<range.lowerBound
        value = key
        var position = range.lowerBound
        while let field = WireField(bytes, &position, end: range.upperBound) {
            switch field.number {
            case 1: key = field.value
            case 2: value = field.value
            default: break
            }
        }
    }
}

extension WireField {
    /// The member of an AnyValue that counts, which is the last; nil if it has none that is known.
    static func last(_ bytes: UnsafeRawBufferPointer, of range: Range<Int>) -> WireField? {
        var result: WireField?
        var position = range.lowerBound
        while let field = WireField(bytes, &position, end: range.upperBound) {
            if 1...8 ~= field.number { result = field }
        }
        return result
    }
}
