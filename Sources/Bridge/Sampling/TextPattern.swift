/// A text in which `*` stands for any characters and `?` for any one byte.
struct TextPattern: Sendable, Hashable {
    private static let any = UInt8(ascii: "*")
    private static let one = UInt8(ascii: "?")

    /// As it was written.
    let text: String
    private let bytes: [UInt8]

    init(_ text: String) {
        self.text = text
        bytes = Array(text.utf8)
    }

    /// Whether a text is one of those.
    func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { matches(UnsafeRawBufferPointer($0)) }
    }

    /// The same. Takes at most as many steps as the product of both lengths.
    func matches(_ text: UnsafeRawBufferPointer) -> Bool {
        var place = 0
        var wanted = 0
        // Where the last star stood, and up to where it has taken.
        var star: (wanted: Int, place: Int)?
        while place < text.count {
            if wanted < bytes.count, bytes[wanted] == Self.any {
                star = (wanted, place)
                wanted += 1
            } else if wanted < bytes.count, bytes[wanted] == Self.one || bytes[wanted] == text[place] {
                wanted += 1
                place += 1
            } else if let last = star {
                star = (last.wanted, last.place + 1)
                wanted = last.wanted + 1
                place = last.place + 1
            } else {
                return false
            }
        }
        return bytes[wanted...].allSatisfy { $0 == Self.any }
    }
}
