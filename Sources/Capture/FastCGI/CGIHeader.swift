/// The header that an application's output begins with (RFC 3875, 6.3): read for its status alone, byte by byte, so that
/// nothing of it is kept.
struct CGIHeader {
    /// Most bytes of a header; what is longer is none.
    private static let longest = 64 << 10

    /// Where it is.
    private enum State {
        /// At the start of a line, of which so many bytes of `Status:` have been seen, and of `Location:`.
        case name(status: Int, location: Int)
        /// In the value of a status, of which so many digits have been seen.
        case value(Int32, digits: Int)
        /// In the rest of a line.
        case rest
        /// The header is over.
        case done
        /// Bytes of it are missing.
        case lost
    }

    private var state = State.name(status: 0, location: 0)
    private var length = 0
    private var isLineEmpty = true
    private var given: Int32 = 0
    private var isRedirect = false

    /// Whether the header is over.
    var isDone: Bool { if case .done = state { true } else { false } }
    /// Whether bytes of it are missing: its status is not known.
    var isLost: Bool { if case .lost = state { true } else { false } }
    /// The status: the one that was given, else 302 for a redirect (6.2.3) and 200 for anything else.
    var status: Int32 { given > 0 ? given : isRedirect ? 302 : 200 }

    /// Bytes are missing.
    mutating func lose() { if !isDone { state = .lost } }

    /// Takes the header's bytes off the front of `bytes`; what is left belongs to the body.
    mutating func take(_ bytes: inout UnsafeRawBufferPointer) {
        var index = 0
        while index < bytes.count, !isDone, !isLost {
            step(bytes[index])
            index += 1
        }
        length += index
        if length > CGIHeader.longest { lose() }
        bytes = UnsafeRawBufferPointer(rebasing: bytes[index...])
    }

    private mutating func step(_ byte: UInt8) {
        if byte == 0x0A {
            state = isLineEmpty ? .done : .name(status: 0, location: 0)
            isLineEmpty = true
            return
        }
        if byte == 0x0D { return }
        isLineEmpty = false
        switch state {
        case .name(let status, let location):
            let letter = lowerCase(byte)
            let isStatus = CGIHeader.matches(letter, "status:", status)
            let isLocation = CGIHeader.matches(letter, "location:", location)
            if isStatus, status == 6 {
                state = .value(0, digits: 0)
            } else if isLocation, location == 8 {
                isRedirect = true
                state = .rest
            } else if isStatus || isLocation {
                state = .name(status: isStatus ? status + 1 : -1, location: isLocation ? location + 1 : -1)
            } else {
                state = .rest
            }
        case .value(let number, let digits):
            if byte &- 0x30 < 10, digits < 3 {
                let sum = number * 10 + Int32(byte - 0x30)
                state = digits == 2 ? .rest : .value(sum, digits: digits + 1)
                if digits == 2 { given = sum }
            } else if digits > 0 || (byte != 0x20 && byte != 0x09) {
                state = .rest
            }
        case .rest, .done, .lost: break
        }
    }

    private static func matches(_ letter: UInt8, _ word: StaticString, _ index: Int) -> Bool {
        index >= 0 && word.utf8Start[index] == letter
    }
}
