/// A stream of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html, 9.2.5 and 9.2.6), of
/// which the events are counted: what stands between empty lines, if there is data in it.
struct EventStream {
    /// How many bytes of `data` the present line has begun with; below zero, it begins otherwise.
    private var matched = 0
    /// Whether the present line is empty so far.
    private var isLineEmpty = true
    private var hasData = false
    private var followsCR = false

    private static let field: StaticString = "data"

    /// Takes bytes; how many events ended in them.
    mutating func take(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var events: UInt64 = 0
        for byte in bytes {
            let isSecondHalf = followsCR && byte == 0x0A
            followsCR = byte == 0x0D
            if isSecondHalf { continue }
            guard byte == 0x0A || byte == 0x0D else {
                isLineEmpty = false
                match(byte)
                continue
            }
            // `data` by itself is a field with an empty value.
            if matched == EventStream.field.utf8CodeUnitCount { hasData = true }
            if isLineEmpty {
                if hasData { events &+= 1 }
                hasData = false
            }
            isLineEmpty = true
            matched = 0
        }
        return events
    }

    private mutating func match(_ byte: UInt8) {
        guard matched >= 0 else { return }
        let length = EventStream.field.utf8CodeUnitCount
        if matched == length {
            if byte == 0x3A { hasData = true }
            matched = -1
        } else {
            matched = EventStream.field.utf8Start[matched] == byte ? matched + 1 : -1
        }
    }
}
