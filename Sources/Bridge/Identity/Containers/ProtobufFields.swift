/// Walks over the fields of a protobuf message (protobuf.dev, "Encoding"), of which only those with a length are given.
enum ProtobufFields {
    /// Calls for each field that has bytes; false when the message is not well-formed, or when the call says so.
    static func each(_ message: UnsafeRawBufferPointer, _ body: (UInt64, UnsafeRawBufferPointer) -> Bool) -> Bool {
        var position = 0
        while position < message.count {
            guard let tag = number(message, &position) else { return false }
            switch tag & 7 {
            case 0: guard number(message, &position) != nil else { return false }
            case 1: position += 8
            case 2:
                guard let length = number(message, &position), length <= UInt64(message.count - position) else {
                    return false
                }
                let end = position + Int(length)
                guard body(tag >> 3, UnsafeRawBufferPointer(rebasing: message[position..<end])) else { return false }
                position = end
            case 5: position += 4
            default: return false
            }
        }
        return position == message.count
    }

    private static func number(_ message: UnsafeRawBufferPointer, _ position: inout Int) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard position < message.count else { return nil }
            let byte = message[position]
            position += 1
            value |= UInt64(byte & 0x7F) &<< shift
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }
}
