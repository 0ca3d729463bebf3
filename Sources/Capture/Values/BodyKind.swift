/// What the body of a request is, as far as its values are concerned.
enum BodyKind: UInt8 {
    /// It is not said: the first byte tells.
    case unknown
    /// JSON.
    case json
    /// `application/x-www-form-urlencoded`
    case form
    /// Text of some kind: words are all that is looked for.
    case text
    /// gRPC's messages.
    case grpc
    /// Nothing that has values to be read: compressed, an image.
    case none

    /// The kind of a media type.
    init(mediaType type: UnsafeRawBufferPointer) {
        if BodyKind.has(type, "json") {
            self = .json
        } else if BodyKind.has(type, "x-www-form-urlencoded") {
            self = .form
        } else if BodyKind.has(type, "application/grpc") {
            self = .grpc
        } else if BodyKind.has(type, "text/") || BodyKind.has(type, "xml") || BodyKind.has(type, "graphql")
            || BodyKind.has(type, "multipart/form-data")
        {
            self = .text
        } else {
            self = BodyKind.isBinary(type) ? .none : .unknown
        }
    }

    private static func isBinary(_ type: UnsafeRawBufferPointer) -> Bool {
        for known: StaticString in ["image/", "audio/", "video/", "font/", "octet-stream", "zip", "pdf"]
        where has(type, known) {
            return true
        }
        return false
    }

    /// Whether a word is in a media type, in any case.
    private static func has(_ type: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        // Longer ones are nobody's.
        let type = type.prefix(96)
        guard type.count >= count else { return false }
        for start in 0...(type.count - count) {
            var index = 0
            while index < count, lowerCase(type[type.startIndex + start + index]) == word.utf8Start[index] {
                index += 1
            }
            if index == count { return true }
        }
        return false
    }
}

extension ValueScanner {
    /// The first bytes of a body.
    func body(
        _ bytes: UnsafeRawBufferPointer, _ kind: BodyKind, isCut: Bool, into set: inout ValueSet
    ) {
        switch kind {
        case .json: json(bytes, isCut: isCut, into: &set)
        case .form: pairs(bytes, separator: UInt8(ascii: "&"), isCut: isCut, into: &set)
        case .text: words(bytes, .none, isCut: isCut, into: &set)
        case .grpc:
            // Whether it is compressed, and the message's length.
            guard bytes.count > 5, bytes[0] == 0 else { return }
            protobuf(UnsafeRawBufferPointer(rebasing: bytes[5...]), into: &set)
        case .unknown:
            let first = bytes.first { $0 > 0x20 }
            if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
                json(bytes, isCut: isCut, into: &set)
            } else {
                opaque(bytes, isCut: isCut, into: &set)
            }
        case .none: break
        }
    }
}
