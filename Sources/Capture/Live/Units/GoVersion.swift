/// The version of Go that a program was built with, 1.13 and later.
struct GoVersion: Equatable {
    /// The second part: 19 of go1.19.8.
    var minor: Int

    /// A release from what the build information says: `go1.22.4`, `go1.21rc2`, `go1.20.3 X:boringcrypto`. Nil for what is
    /// between releases (`devel ...`), whose layouts nobody can know.
    init?(_ text: some Collection<UInt8>) {
        guard text.starts(with: "go1.".utf8) else { return nil }
        let digits = text.dropFirst(4).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard (1...3).contains(digits.count), let minor = Int(String(decoding: digits, as: UTF8.self)) else {
            return nil
        }
        self.minor = minor
    }

    /// Reads it from a program; nil when it is not Go's, or does not say.
    ///
    /// The build information begins with 14 bytes that nothing else has; then the size of a pointer and flags. From 1.18
    /// (flag 2) the version's text follows at byte 32, behind its length; before, a pointer to a string's header does at
    /// byte 16. (Go, `debug/buildinfo`.)
    init?(of program: borrowing ELFFile) {
        guard let information = GoVersion.information(of: program), information.count >= 32 else { return nil }
        if information[15] & 2 != 0 {
            // A varint; no version takes more than one byte of it.
            guard information.count > 33, information[32] < 0x80, information.count - 33 >= Int(information[32]) else {
                return nil
            }
            self.init(information[33..<(33 + Int(information[32]))])
        } else {
            guard information[14] == 8, information[15] & 1 == 0, let header = information.word(16, as: UInt64.self),
                let string = program.bytes(address: header, count: 16), let text = string.word(0, as: UInt64.self),
                let length = string.word(8, as: UInt64.self), length <= 256,
                let version = program.bytes(address: text, count: length)
            else { return nil }
            self.init(version)
        }
    }

    private static let magic: [UInt8] = [0xFF] + Array(" Go buildinf:".utf8)

    /// The build information; nil when there is none.
    private static func information(of program: borrowing ELFFile) -> [UInt8]? {
        if let section = program.section(".go.buildinfo") {
            let bytes = program.bytes(at: section.offset, count: min(section.size, 4096))
            return bytes.flatMap { $0.starts(with: magic) ? $0 : nil }
        }
        // Without sections: at a multiple of 16 near the beginning of what can be written.
        let writable = program.segments.first { $0.kind == ELFFile.load && $0.flags & 3 == 2 }
        guard let writable, let bytes = program.bytes(at: writable.offset, count: min(writable.fileSize, 65_536)) else {
            return nil
        }
        for at in stride(from: 0, to: bytes.count - 32, by: 16) where bytes[at...].starts(with: magic) {
            return Array(bytes[at...].prefix(4096))
        }
        return nil
    }
}
