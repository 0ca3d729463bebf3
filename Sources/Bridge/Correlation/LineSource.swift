import Glibc

/// The texts of a file of OTLP/JSON, one after the other: a line each, or, of one that does not end on its line, as many
/// lines as it has.
struct LineSource: ~Copyable {
    /// Longer texts are an error.
    private static let longest = 512 << 20
    private static let piece = 1 << 20

    private let descriptor: Int32
    private let isOurs: Bool
    /// Where a copy goes of what is read, since it cannot be read again; -1 for nowhere.
    private let copy: Int32
    /// Bytes that may still be read: what came after the first reading is not looked at.
    private var left: Int
    private var buffer: [UInt8] = []
    private var next = 0
    private var isAtEnd = false
    /// The text is here in the buffer.
    private var range = 0..<0
    /// The line in which the text begins, counted from 1.
    private(set) var line = 0
    private var lastLine = 0
    /// All bytes that were read.
    private(set) var bytesRead = 0

    /// What a descriptor gives from where it stands.
    ///
    /// - Parameters:
    ///   - closes: whether it is closed at the end.
    ///   - copy: where a copy goes; -1 for nowhere.
    ///   - limit: most bytes that are read.
    init(descriptor: Int32, closes: Bool, copy: Int32 = -1, limit: Int = .max) {
        self.descriptor = descriptor
        isOurs = closes
        self.copy = copy
        left = limit
    }

    deinit { if isOurs { close(descriptor) } }

    /// Gives the text that was found last, for the time of the call.
    borrowing func withText<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    /// Goes on to the next line that is not empty; false when there is none.
    mutating func advance() throws(CorrelateError) -> Bool {
        while true {
            guard let end = try lineEnd(from: next) else { return false }
            let start = next
            range = start..<end
            next = min(end + 1, buffer.count)
            lastLine += 1
            line = lastLine
            if buffer[range].contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) { return true }
        }
    }

    /// Takes in the lines that follow, up to the one where the object ends that began here.
    /// - Returns: whether there were any, and the object ended.
    mutating func extend() throws(CorrelateError) -> Bool {
        var nesting = Nesting()
        var scanned = range.lowerBound
        while true {
            for index in scanned..<range.upperBound { nesting.take(buffer[index]) }
            if nesting.isInText || nesting.depth < 0 { return false }
            if nesting.depth == 0 { return lastLine > line }
            scanned = range.upperBound
            let offset = range.lowerBound
            // Reading on may move what is here to the front.
            let length = range.count
            guard let end = try lineEnd(from: next, keeping: offset) else { return false }
            let moved = keptAt
            scanned = scanned - offset + moved
            range = moved..<end
            guard range.count <= LineSource.longest, range.count > length else { return false }
            next = min(end + 1, buffer.count)
            lastLine += 1
        }
    }

    private var keptAt = 0

    /// Where the line ends that begins there; nil at the end of all.
    private mutating func lineEnd(from start: Int, keeping kept: Int? = nil) throws(CorrelateError) -> Int? {
        var start = start
        var searched = start
        keptAt = kept ?? start
        while true {
            let found = buffer.withUnsafeBytes { bytes -> Int? in
                guard searched < bytes.count, let base = bytes.baseAddress,
                    let place = memchr(base + searched, 0x0A, bytes.count - searched)
                else { return nil }
                return UnsafeRawPointer(place) - base
            }
            if let found { return found }
            searched = buffer.count
            if isAtEnd { return start < buffer.count ? buffer.count : nil }
            guard buffer.count - keptAt <= LineSource.longest else {
                throw CorrelateError("line \(lastLine + 1): longer than 512 MiB")
            }
            if keptAt > 0 {
                buffer.removeSubrange(..<keptAt)
                start -= keptAt
                searched -= keptAt
                next = start
                keptAt = 0
            }
            try fill()
        }
    }

    private mutating func fill() throws(CorrelateError) {
        let wanted = min(max(LineSource.piece, buffer.count / 2), left)
        guard wanted > 0 else {
            isAtEnd = true
            return
        }
        let had = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: wanted))
        var got: Int
        repeat {
            got = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress.map { $0 + had }, wanted) }
        } while got < 0 && errno == EINTR
        let problem = CorrelateError.reason()
        buffer.removeLast(wanted - max(got, 0))
        guard got >= 0 else { throw CorrelateError(problem) }
        if got == 0 { isAtEnd = true }
        left -= got
        bytesRead += got
        guard copy >= 0 else { return }
        var failure: CorrelateError?
        buffer.withUnsafeBytes { bytes in
            do throws(CorrelateError) {
                try Descriptor.write(UnsafeRawBufferPointer(rebasing: bytes[had...]), to: copy)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }
}

/// How deep a text of JSON is nested so far.
private struct Nesting {
    private(set) var depth = 0
    private(set) var isInText = false
    private var isEscaped = false

    mutating func take(_ byte: UInt8) {
        if isEscaped {
            isEscaped = false
        } else if isInText {
            if byte == UInt8(ascii: "\\") { isEscaped = true }
            if byte == UInt8(ascii: "\"") { isInText = false }
        } else {
            switch byte {
            case UInt8(ascii: "\""): isInText = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
        }
    }
}

/// Whole writes to a descriptor.
enum Descriptor {
    /// Writes all of it, however long whoever reads takes.
    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(CorrelateError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw CorrelateError(CorrelateError.reason()) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }
}
