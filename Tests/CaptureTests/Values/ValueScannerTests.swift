import Testing

@testable import Capture

/// What counts as a value, and that one value is the same wherever it stands.
@Suite struct ValueScannerTests {
    private let values = Values()

    @Test func numbersNamesAndIdsAreValuesAndShortWordsAreNot() {
        #expect(values.words("42", "1234", "ab1", "alice", "a1b2c3d4", "bob@example.org").count == 6)
        for none in ["", "7", "a", "ab", "the", "a1", "---", "-_.@", "  ", "/?&=;:,"] {
            #expect(values.plain(none).isEmpty, "\(none)")
        }
    }

    @Test func joinedWordsHaveTheirLastPartTooIfItHasADigit() {
        #expect(values.plain("cart-1234") == values.words("cart-1234").union(values.words("1234")))
        #expect(values.plain("cart-1234").count == 2)
        #expect(values.plain("shop.orders").count == 1)
        #expect(values.plain("user_7").count == 1)
        #expect(values.plain("--order-99--") == values.plain("order-99"))
    }

    @Test func uuidIsOneWordWithOrWithoutHyphensInAnyCase() {
        let uuid = values.plain("0f8fad5b-d9cb-469f-a165-70867728950e")
        #expect(uuid.count == 1)
        #expect(values.plain("0F8FAD5B-D9CB-469F-A165-70867728950E") == uuid)
        #expect(values.plain("0f8fad5bd9cb469fa16570867728950e") == uuid)
        let bytes: [UInt8] = [
            0x0F, 0x8F, 0xAD, 0x5B, 0xD9, 0xCB, 0x46, 0x9F, 0xA1, 0x65, 0x70, 0x86, 0x77, 0x28, 0x95, 0x0E,
        ]
        #expect(values.found(bytes) { $0.opaque($1, into: &$2) } == uuid)
        // Of this length, but none.
        #expect(values.plain("0f8fad5b-d9cb-469f-a165-7086772895zz") != uuid)
        #expect(ValueHash(bits: uuid.first ?? 0).rarity == 15)
    }

    @Test func rarityGrowsWithLengthAndAlphabet() {
        let rarities = ["42", "4217", "48291", "a1b2c3d4", "0f8fad5bd9cb469fa165"].map { word in
            ValueHash(bits: values.plain(word).first ?? 0).rarity
        }
        #expect(rarities == rarities.sorted())
        #expect(rarities.first == 1)
        #expect(rarities.last == 15)
        #expect(ValueHash(bits: values.plain("order").first ?? 0).rarity < 3)
    }

    @Test func oneValueIsTheSameHoweverItIsWritten() {
        for value in [
            "a1b2c3", "order-8812", "bob@example.org", "José-17", "0f8fad5b-d9cb-469f-a165-70867728950e", "48291",
        ] {
            let plain = values.plain(value)
            #expect(!plain.isEmpty)
            let encoded = value.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            let escaped = value.unicodeScalars.map { scalar in
                let digits = String(scalar.value, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }.joined()
            #expect(values.target("/x/" + value) == plain)
            #expect(values.target("/x/" + encoded) == plain)
            #expect(values.target("/x?key=" + encoded) == plain)
            #expect(values.target("https://shop.example.org:8080/" + value + "?q") == plain)
            #expect(values.form("x=&key=\(encoded)") == plain)
            #expect(values.json("{\"key\": \"\(value)\"}") == plain)
            #expect(values.json("[\"\(escaped)\"]") == plain)
            #expect(values.sql("select * from t where c = '\(value)'") == plain)
            #expect(values.header("X-Thing", value) == plain)
            #expect(values.header("Cookie", "x=; key=" + value) == plain)
            #expect(values.plain("prefix:{" + value + "}") == plain.union(values.words("prefix")))
        }
    }

    @Test func encodedSpaceEndsAWordAsASpaceDoes() {
        let words = values.plain("first22 second22")
        #expect(words.count == 2)
        for encoded in [
            values.target("/first22%20second22"), values.form("v=first22+second22"),
            values.json(#"["first22 second22"]"#), values.json(#"["first22\u0020second22"]"#),
            values.json(#"["first22\nsecond22"]"#), values.sql("select 'first22 second22'"),
        ] {
            #expect(encoded == words)
        }
    }

    @Test func keysOfJSONAreNoValuesAndNumbersAre() {
        let found = values.json(#"{"username": "alice", "nested": {"total": 129.95, "list": [4711, true, null, -88]}}"#)
        #expect(found == values.plain("alice 129.95 4711 88"))
        #expect(values.json(#"{"unfinished": "val"#).isEmpty)
        let cut = values.found(#"{"n": 47"#) { $0.json($1, isCut: true, into: &$2) }
        #expect(cut.isEmpty)
    }

    @Test func literalsOfAStatementAreValuesAndNothingElseIs() {
        let statement = """
            /* tenant='4711' */ SELECT "column99", t1.c2, `name88` FROM shop.orders99 -- 5555
            WHERE id = 48291 AND name IN ('alice', 'O''Brien77') AND x = $12 AND y = :p55 LIMIT 20
            """
        #expect(values.sql(statement) == values.plain("48291 alice Brien77 20"))
        #expect(values.sql(#"select "word99""#, .strings) == values.plain("word99"))
        #expect(values.sql(#"select 'it\'s77', 88"#) == values.plain("s77 88"))
        #expect(values.sql("select 'unfinished99") == values.plain("unfinished99"))
        let cut = values.found("select 'unfinished99") { $0.statement($1, .names, isCut: true, into: &$2) }
        #expect(cut.isEmpty)
    }

    @Test func constantHeadersHaveNoValues() {
        for name in ["Accept", "USER-AGENT", "host", "Content-Length", "If-None-Match"] {
            #expect(values.header(name, "value99").isEmpty, "\(name)")
        }
        #expect(values.header("Authorization", "Bearer abc123") == values.plain("Bearer abc123"))
        #expect(values.header("X-User-Id", "4711") == values.plain("4711"))
    }

    @Test func protobufHasItsTextsAndNumbers() {
        // A message with a text, a number, a message with a text in it, and fixed numbers.
        let message: [UInt8] =
            [0x0A, 0x08] + Array("order-77".utf8) + [0x10, 0xA3, 0xF9, 0x02] + [0x1A, 0x0A, 0x08, 0x01, 0x12, 0x06]
            + Array("abc123".utf8) + [0x25, 1, 2, 3, 4]
        let found = values.found(message) { $0.protobuf($1, into: &$2) }
        #expect(found == values.plain("order-77 48291 abc123"))
    }

    @Test(arguments: [48291, -48291, 10, Int64.max, Int64.min]) func numbersInBinaryAreTheirDigits(_ number: Int64) {
        var set = ValueSet()
        values.scanner.number(number, into: &set)
        #expect(Set(set.hashes) == values.plain("\(number.magnitude)"))
    }

    @Test func cutTextHasNoLastWord() {
        let text = Array("alpha1 beta2".utf8)
        for end in 0...text.count {
            let found = values.found(Array(text[..<end])) { $0.words($1, .none, isCut: true, into: &$2) }
            #expect(found.isSubset(of: values.words("alpha1")))
        }
    }

    @Test func saltsMakeHashesThatMeanNothingToEachOther() {
        #expect(values.plain("a1b2c3d4").isDisjoint(with: Values(seed: 8).plain("a1b2c3d4")))
    }

    @Test func ofTooManyValuesTheRarestAreKept() {
        var set = ValueSet()
        for number in 0..<200 {
            let text = number % 4 == 0 ? "0f8fad5bd9cb469fa165\(1000 + number)" : "w\(100 + number)"
            Array(text.utf8).withUnsafeBytes { values.scanner.words($0, .none, into: &set) }
        }
        #expect(set.hashes.count == FieldBuffer.maximumHashes)
        #expect(set.hashes.filter { $0 & 15 == 15 }.count == 50)
        #expect(Set(set.hashes).count == set.hashes.count)
    }
}
