import Testing

@testable import Capture

/// Whatever the bytes are, nothing traps and what is kept has its bound.
@Suite struct ValueHostileTests {
    private let values = Values(ignored: ["secret", "tr*"])

    private func all(_ bytes: [UInt8]) {
        var set = ValueSet()
        bytes.withUnsafeBytes { bytes in
            for isCut in [true, false] {
                for escape in [ValueScanner.Escape.none, .percent, .backslash] {
                    values.scanner.words(bytes, escape, isCut: isCut, into: &set)
                }
                values.scanner.target(bytes, isCut: isCut, into: &set)
                values.scanner.pairs(bytes, separator: 0x3B, isCut: isCut, into: &set)
                values.scanner.json(bytes, isCut: isCut, into: &set)
                values.scanner.statement(bytes, .names, isCut: isCut, into: &set)
                values.scanner.statement(bytes, .strings, isCut: isCut, into: &set)
                for kind: BodyKind in [.unknown, .json, .form, .text, .grpc, .none, BodyKind(mediaType: bytes)] {
                    values.scanner.body(bytes, kind, isCut: isCut, into: &set)
                }
            }
            values.scanner.protobuf(bytes, into: &set)
            values.scanner.opaque(bytes, into: &set)
            values.scanner.hexadecimal(bytes, into: &set)
            values.scanner.header(bytes, bytes, into: &set)
        }
        #expect(set.hashes.count <= FieldBuffer.maximumHashes)
        #expect(set.hashes.allSatisfy { $0 != 0 })
    }

    @Test func randomBytesNeverTrap() {
        var generator = SeededGenerator(state: 1)
        let structure = Array("%\\\"'`{}[]:,&=;?/-_.@#$*+ tr%2d%20\\u0041secret0123456789abcdefABCDEF".utf8)
        for _ in 0..<3000 {
            let count = Int.random(in: 0...90, using: &generator)
            all((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) })
            all((0..<count).map { _ in structure.randomElement(using: &generator) ?? 0 })
        }
    }

    @Test func everyBeginningOfStructuredBytesIsTaken() {
        for text in [
            #"{"a\"b": "c\u00e9\ud83d\ude00", "secret": [{"x": "trap99"}], "n": -12.5e10}"#,
            "SELECT 'a''b', $$x$$, E'\\'', \"c\", `d`, /* e */ -- f\n 1.5 FROM g WHERE secret IN ('h99')",
            "http://host/a%2Fb%zz/%?secret=1&tr=2&x=%41%42%43%",
        ] {
            let bytes = Array(text.utf8)
            for end in 0...bytes.count { all(Array(bytes[..<end])) }
        }
    }

    @Test func wordsWithoutEndAreOneWord() {
        for word in ["a", "1", "-", "%41", "\\u0041", "é"] {
            all(Array(String(repeating: word, count: 3000).utf8))
        }
        #expect(values.plain(String(repeating: "a1", count: 2000)).count == 1)
        // One of which bytes are encoded is not put together without end.
        #expect(values.target("/" + String(repeating: "%41", count: 2000)).isEmpty)
    }

    @Test func messagesWithinMessagesAreReadOnce() {
        // Lengths that reach to the end, and a byte there that is in no text: each would have to be looked through again.
        let bytes = Array([[UInt8]](repeating: [0x0A, 0x80, 0x20], count: 1200).joined()) + [1]
        #expect(values.found(bytes) { $0.protobuf($1, into: &$2) }.isEmpty)
    }
}
