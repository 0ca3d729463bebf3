/// Headers that users add to requests.
enum RequestHeaders {
    /// Finds what cannot be a header.
    static func validate(_ headers: [(name: String, value: String)]) throws {
        for (name, value) in headers {
            guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }),
                value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
            else { throw ExporterError("headers: \(name.printable()): a name and a value on one line were expected") }
        }
    }
}
