/// Where HotSpot says that the fields of its structures lie.
struct JavaFields {
    /// `JavaThread::_threadObj`, from the thread's beginning.
    var own: UInt64?
    /// `JavaThread::_vthread`, likewise.
    var mounted: UInt64?

    /// How HotSpot describes the table itself: how far its entries are apart, and where in each of them what lies.
    private static let symbols: [StaticString] = [
        "gHotSpotVMStructs", "gHotSpotVMStructEntryArrayStride", "gHotSpotVMStructEntryTypeNameOffset",
        "gHotSpotVMStructEntryFieldNameOffset", "gHotSpotVMStructEntryOffsetOffset",
    ]
    /// Most entries that are looked at; 21 has some 800.
    private static let maximum = 8192

    /// Reads the table; nil when it is not there.
    init?(of library: borrowing ELFFile, in process: borrowing ExaminedProcess, bias: UInt64) {
        let places = library.symbols(JavaFields.symbols, isDynamic: true)
        var values: [UInt64] = []
        for place in places {
            guard let place, let value = process.memory(at: place &+ bias, count: 8)?.word(0, as: UInt64.self) else {
                return nil
            }
            values.append(value)
        }
        guard (8...256).contains(values[1]), values[2...].allSatisfy({ $0 <= 248 }) else { return nil }
        let stride = Int(values[1])
        for index in 0..<JavaFields.maximum {
            let at = values[0] &+ UInt64(index) &* UInt64(stride)
            guard let entry = process.memory(at: at, count: stride),
                let type = entry.word(Int(values[2]), as: UInt64.self),
                type != 0, let field = entry.word(Int(values[3]), as: UInt64.self)
            else { return }
            guard field >= bias, let name = library.bytes(address: field &- bias, count: 16),
                name[0] == UInt8(ascii: "_")
            else { continue }
            if name.hasText("_threadObj", at: 0) { own = entry.word(Int(values[4])) }
            if name.hasText("_vthread", at: 0) { mounted = entry.word(Int(values[4])) }
        }
    }
}
