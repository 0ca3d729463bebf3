import Testing

@testable import OTLP

@Suite struct FromJSONTests {
    private func read(_ json: String, _ signal: Signal = .traces) throws -> ReceivedTelemetry {
        var json = json
        return try json.withUTF8 { json in
            try TelemetryReader.read(json: UnsafeRawBufferPointer(json), signal: signal)
        }
    }

    private let ids = #""traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"00f067aa0ba902b7""#
    private let idBytes: [UInt8] =
        Proto.field(
            1, [0x0A, 0xF7, 0x65, 0x19, 0x16, 0xCD, 0x43, 0xDD, 0x84, 0x48, 0xEB, 0x21, 0x1C, 0x80, 0x31, 0x9C])
        + Proto.field(2, [0x00, 0xF0, 0x67, 0xAA, 0x0B, 0xA9, 0x02, 0xB7])

    /// What becomes of the members of a span, without its ids; nil if the request is malformed.
    private func span(_ members: String) -> [UInt8]? {
        let json = #"{"resourceSpans":[{"scopeSpans":[{"spans":[{\#(ids),\#(members)}]}]}]}"#
        guard let bytes = try? read(json).batch?.bytes else { return nil }
        for length in 0..<bytes.count where wrapped(idBytes + bytes.suffix(length)) == bytes {
            return Array(bytes.suffix(length))
        }
        Issue.record("\(members): \(bytes)")
        return nil
    }

    private func wrapped(_ span: [UInt8]) -> [UInt8] { Proto.field(1, Proto.field(2, Proto.field(2, span))) }

    /// What becomes of an attribute's value.
    private func value(_ json: String) -> [UInt8]? {
        guard let bytes = span(#""attributes":[{"key":"k","value":\#(json)}]"#) else { return nil }
        for length in 0..<bytes.count where Proto.attribute(9, "k", bytes.suffix(length)) == bytes {
            return Array(bytes.suffix(length))
        }
        return bytes == Proto.attribute(9, "k", []) ? [] : nil
    }

    @Test func numbersComeAsNumbersOrStrings() {
        for text in ["7", "\"7\"", "7.0", "70e-1", "\"0.7e1\"", " 7 "] {
            #expect(span(#""startTimeUnixNano":\#(text)"#) == Proto.fixed64(7, 7), "\(text)")
            #expect(span(#""droppedAttributesCount":\#(text)"#) == Proto.number(10, 7), "\(text)")
            #expect(span(#""flags":\#(text)"#) == Proto.fixed32(16, 7), "\(text)")
            #expect(value(#"{"intValue":\#(text)}"#) == Proto.number(3, 7), "\(text)")
            #expect(value(#"{"doubleValue":\#(text)}"#) == Proto.double(4, 7), "\(text)")
        }
        #expect(span(#""endTimeUnixNano":"18446744073709551615""#) == Proto.fixed64(8, .max))
        #expect(span(#""endTimeUnixNano":18446744073709551615"#) == Proto.fixed64(8, .max))
        #expect(value(#"{"intValue":"-9223372036854775808"}"#) == Proto.number(3, 1 << 63))
        #expect(value(#"{"intValue":-1}"#) == Proto.number(3, .max))
        for (text, number) in [
            ("1.5", 1.5), ("\"NaN\"", Double.nan), ("\"Infinity\"", .infinity), ("\"-Infinity\"", -.infinity),
            ("-0.0", -0.0), ("5e-324", Double.leastNonzeroMagnitude), ("1e308", 1e308), ("\"-2.5E+3\"", -2500),
            ("1e-999", 0),
        ] {
            #expect(value(#"{"doubleValue":\#(text)}"#) == Proto.double(4, number), "\(text)")
        }
    }

    @Test func numbersThatCannotBeAreMalformed() {
        for text in [
            "18446744073709551616", "-1", "1.5", "\"\"", "\"x\"", "\" 7\"", "\"7 \"", "true", "[]", "{}", "07", "+7",
            ".7",
            "7.", "7e", "0x7", "1e999", "NaN", "\"NaN\"", "-", "\"1_000\"",
        ] {
            #expect(span(#""startTimeUnixNano":\#(text)"#) == nil, "\(text)")
        }
        for text in ["4294967296", "-1", "1e10"] {
            #expect(span(#""droppedAttributesCount":\#(text)"#) == nil, "\(text)")
        }
        for text in ["9223372036854775808", "-9223372036854775809"] { #expect(value(#"{"intValue":\#(text)}"#) == nil) }
        for text in ["1e999", "NaN", "Infinity", "\"nan\"", "\"inf\"", "\"0x1p3\"", "true"] {
            #expect(value(#"{"doubleValue":\#(text)}"#) == nil, "\(text)")
        }
        for text in ["1", "0", "\"true\"", "\"\""] { #expect(value(#"{"boolValue":\#(text)}"#) == nil, "\(text)") }
    }

    @Test func whereTextIsExpectedNothingElseWillDo() {
        for text in ["7", "true", "[]", "{}", "[\"a\"]"] {
            for key in ["name", "traceState", "parentSpanId"] {
                #expect(span(#""\#(key)":\#(text)"#) == nil, "\(text)")
            }
            #expect(value(#"{"stringValue":\#(text)}"#) == nil)
            #expect(value(#"{"bytesValue":\#(text)}"#) == nil)
        }
        for json in [#""attributes":{}"#, #""attributes":"x""#, #""status":[]"#, #""status":1"#, #""attributes":[1]"#] {
            #expect(span(json) == nil, "\(json)")
        }
    }

    @Test func enumerationsComeAsNumbersOrNames() {
        for text in ["2", "\"SPAN_KIND_SERVER\"", "2.0"] { #expect(span(#""kind":\#(text)"#) == Proto.number(6, 2)) }
        #expect(span(#""kind":99"#) == Proto.number(6, 99))
        #expect(span(#""kind":"SPAN_KIND_UNSPECIFIED""#) == [])
        #expect(span(#""kind":"server""#) == nil)
        #expect(
            span(#""status":{"code":"STATUS_CODE_ERROR","message":"x"}"#)
                == Proto.field(15, Proto.number(3, 2), Proto.text(2, "x")))
    }

    @Test func membersOfOneofsAreWrittenEvenWithTheirDefault() {
        #expect(value(#"{"intValue":"0"}"#) == Proto.number(3, 0))
        #expect(value(#"{"stringValue":""}"#) == Proto.text(1, ""))
        #expect(value(#"{"boolValue":false}"#) == Proto.number(2, 0))
        #expect(value(#"{"doubleValue":0}"#) == Proto.double(4, 0))
        #expect(value(#"{"bytesValue":""}"#) == Proto.field(7))
        #expect(value(#"{"arrayValue":{}}"#) == Proto.field(5))
        #expect(value(#"{"kvlistValue":{"values":[]}}"#) == Proto.field(6))
        #expect(value("{}") == [])
        // Others are not.
        #expect(span(#""name":"","flags":0,"startTimeUnixNano":"0","kind":0,"traceState":"","attributes":[]"#) == [])
    }

    @Test func nullIsAFieldThatIsNotThere() {
        #expect(
            span(#""name":null,"flags":null,"attributes":null,"status":null,"parentSpanId":null,"kind":null"#) == [])
        #expect(value(#"{"stringValue":null}"#) == [])
        #expect(value(#"{"arrayValue":{"values":[null]}}"#) == Proto.field(5, Proto.field(1)))
    }

    @Test func namesComeInEitherForm() {
        #expect(span(#""start_time_unix_nano":1"#) == Proto.fixed64(7, 1))
        #expect(
            span(#""dropped_attributes_count":1,"trace_state":"a"# + #"=b""#) == Proto.number(10, 1)
                + Proto.text(3, "a=b"))
        #expect(span(#""starttimeunixnano":1,"start_timeUnixNano":1,"start_time_unix_nano_":1,"Name":"x""#) == [])
        #expect(span(#""n\u0061me":"x""#) == Proto.text(5, "x"))
    }

    @Test func whatIsNotKnownIsPassedOver() {
        let unknown = #"{"a":[1,-2.5e3,{"b":[null,true,false,"\u00e4\"\\"]},[],{}],"":""}"#
        #expect(span(#""unknown":\#(unknown),"name":"x","more":\#(unknown)"#) == Proto.text(5, "x"))
        let deep = { (depth: Int) in String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        #expect(span(#""unknown":\#(deep(50))"#) == [])
        #expect(span(#""unknown":\#(deep(1000))"#) == nil)
        #expect(span(#""unknown":"# + String(repeating: #"{"a":"#, count: 100_000)) == nil)
        for wrong in ["nul", "tru", "01", "'x'", "[1,]", #"{"a":1,}"#, #"{"a"}"#, "\"\\x\"", "\"\u{1}\"", "undefined"] {
            #expect(span(#""unknown":\#(wrong)"#) == nil, "\(wrong)")
        }
    }

    @Test func keysThatAreThereTwiceBreakNothing() {
        #expect(span(#""name":"a","name":"b""#) == Proto.text(5, "a") + Proto.text(5, "b"))
        // The last counts even if it is the default.
        #expect(span(#""name":"a","name":"""#) == Proto.text(5, "a") + Proto.text(5, ""))
        #expect(span(#""kind":2,"kind":0"#) == Proto.number(6, 2) + Proto.number(6, 0))
        #expect(value(#"{"intValue":1,"boolValue":false}"#) == Proto.number(3, 1) + Proto.number(2, 0))
    }

    @Test func bytesAreBase64OfEitherAlphabetPaddedOrNot() {
        for (text, bytes): (String, [UInt8]) in [
            ("+/8=", [0xFB, 0xFF]), ("-_8", [0xFB, 0xFF]), ("-_8=", [0xFB, 0xFF]), ("+\\/8", [0xFB, 0xFF]),
            ("AA==", [0]), ("AA", [0]), ("AAEC", [0, 1, 2]), ("aGVsbG8gd29ybGQ=", Array("hello world".utf8)),
        ] {
            #expect(value(#"{"bytesValue":"\#(text)"}"#) == Proto.field(7, bytes), "\(text)")
        }
        for wrong in ["A", "AAAAA", "A===", "=", "====", "AA=", "A=A=", "AA==AA==", "A A=", "A*==", "ä"] {
            #expect(value(#"{"bytesValue":"\#(wrong)"}"#) == nil, "\(wrong)")
        }
    }

    @Test func escapesAreResolvedAndLoneSurrogatesReplaced() {
        for (text, expected) in [
            (#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{C}\n\r\t"), (#"\u00e4\u20AC"#, "ä€"), (#"\ud83d\ude00"#, "😀"),
            (#"\ud83d"#, "\u{FFFD}"), (#"\ude00"#, "\u{FFFD}"), (#"\ud83d\ud83d\ude00"#, "\u{FFFD}😀"),
            (#"\ud83dx"#, "\u{FFFD}x"), (#"\ud83d\n"#, "\u{FFFD}\n"), (#"\ude00\ud83d"#, "\u{FFFD}\u{FFFD}"),
            ("größe 😀, and long enough for words of eight", "größe 😀, and long enough for words of eight"),
            (#"\u0000"#, "\u{0}"),
        ] {
            #expect(span(#""name":"\#(text)""#) == Proto.text(5, expected), "\(text)")
        }
        for wrong in [#"\"#, #"\x"#, #"\u12"#, #"\u12g4"#, "\n", "\u{0}", "\t"] {
            #expect(span(#""name":"\#(wrong)""#) == nil, "\(wrong)")
        }
    }

    @Test func textThatIsNotUTF8IsMalformed() {
        for wrong: [UInt8] in [[0xFF], [0xC3], [0xED, 0xA0, 0x80]] {
            let bytes = Array(#"{"unknown":""#.utf8) + wrong + Array(#""}"#.utf8)
            #expect(throws: MalformedTelemetry.self) {
                try bytes.withUnsafeBytes { try TelemetryReader.read(json: $0, signal: .traces) }
            }
        }
    }

    @Test func idsAreHexadecimalOfEitherCase() throws {
        let json =
            #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0AF7651916CD43DD8448EB211C80319C","spanId":"00F067aa0BA902B7","parentSpanId":"00f067aa0ba902B8"}]}]}]}"#
        let parent = Proto.field(4, [0x00, 0xF0, 0x67, 0xAA, 0x0B, 0xA9, 0x02, 0xB8])
        #expect(try read(json).batch?.bytes == wrapped(idBytes + parent))
    }

    @Test func illFormedIDCostsItsSpanOnly() throws {
        let trace = #""traceId":"0af7651916cd43dd8448eb211c80319c""#
        for wrong in [
            "{}", "{\(trace)}", #"{\#(trace),"spanId":"xyz"}"#, #"{\#(trace),"spanId":""}"#,
            #"{\#(trace),"spanId":"00f067aa0ba902"}"#, #"{\#(trace),"spanId":"0000000000000000"}"#,
            #"{\#(trace),"spanId":"00f067aa0ba902bg"}"#, #"{\#(ids),"parentSpanId":"1"}"#,
            #"{\#(ids),"parentSpanId":"00f067aa0ba902bg"}"#, #"{\#(ids),"traceId":"AAAAAAAAAAAAAAAAAAAAAA=="}"#,
            #"{\#(ids),"links":[{"traceId":"0"}]}"#, #"{\#(ids),"spanId":""}"#,
        ] {
            let good = #"{\#(ids),"name":"good"}"#
            for spans in ["\(wrong),\(good)", "\(good),\(wrong)"] {
                let result = try read(#"{"resourceSpans":[{"scopeSpans":[{"spans":[\#(spans)]}]}]}"#)
                #expect(result.batch?.bytes == wrapped(idBytes + Proto.text(5, "good")), "\(wrong)")
                #expect(result.rejected == 1)
            }
        }
        // An id of a log record that is ill-formed counts as absent (logs.proto).
        let record = #"{"traceId":"xyz","spanId":"00","body":{"stringValue":"x"}}"#
        let log = try read(#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[\#(record)]}]}]}"#, .logs)
        let body = Proto.field(9) + Proto.field(10) + Proto.field(5, Proto.text(1, "x"))
        #expect(log.batch?.bytes == wrapped(body) && log.rejected == 0)
    }

    @Test func nestingIsBounded() {
        func arrays(_ depth: Int) -> String {
            String(repeating: #"{"arrayValue":{"values":["#, count: depth) + "{}"
                + String(repeating: "]}}", count: depth)
        }
        #expect(value(arrays(47)) != nil)
        #expect(value(arrays(48)) == nil)
        #expect(value(arrays(10_000)) == nil)
        #expect(value(String(repeating: #"{"arrayValue":{"values":["#, count: 100_000)) == nil)
    }

    @Test func listsOfNumbersArePacked() throws {
        let point = #"{"bucketCounts":["1",2],"explicitBounds":[0.5],"sum":0}"#
        let json = #"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"histogram":{"dataPoints":[\#(point)]}}]}]}]}"#
        let packed = { (numbers: [UInt64]) in numbers.flatMap { Proto.fixed64(1, $0)[1...] } }
        let expected = Proto.field(
            1, Proto.field(6, packed([1, 2])), Proto.field(7, packed([(0.5).bitPattern])), Proto.double(5, 0))
        #expect(try read(json, .metrics).batch?.bytes == wrapped(Proto.field(9, expected)))
    }

    @Test func whatIsNotARequestIsMalformed() throws {
        for wrong in [
            "", " ", "[]", "null", "1", "\"\"", "{", "}", "{}}", "{} {}", "{}x", "\u{FEFF}{}", #"{"a":1,}"#,
            #"{"a" 1}"#,
            #"{a:1}"#, #"{"resourceSpans":{}}"#, #"{"resourceSpans":[{]}"#, #"{"resourceSpans":[{}"#,
        ] {
            #expect(throws: MalformedTelemetry.self, "\(wrong)") { try read(wrong) }
        }
        for empty in [
            "{}", " {\n\t} \r\n", #"{"resourceSpans":[]}"#, #"{"resourceSpans":null}"#, #"{"resourceSpans":[{}]}"#,
        ] {
            let result = try read(empty)
            #expect(result.batch == nil && result.rejected == 0)
        }
    }

    @Test func everyPrefixAndMutationIsAnswered() {
        let json = Array(
            #"{"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":{"arrayValue":{"values":[{"intValue":"1"},{"doubleValue":1.5e3},{"bytesValue":"AAEC"}]}}}]},"x":[{}],"scopeSpans":[{"spans":[{\#(ids),"name":"\ud83d\ude00\n","links":[{\#(ids)}],"kind":"SPAN_KIND_CLIENT"}]}]}]}"#
                .utf8)
        #expect((try? json.withUnsafeBytes { try TelemetryReader.read(json: $0, signal: .traces) })?.batch?.items == 1)
        for length in 0..<json.count {
            let result = json[..<length].withUnsafeBytes { try? TelemetryReader.read(json: $0, signal: .traces) }
            #expect(result == nil, "\(length)")
        }
        var random = SeededGenerator(5)
        let letters = Array("{}[]\",:\\0-1eE.ntfu\u{0}\u{C3} ".utf8)
        for _ in 0..<20_000 {
            var bytes = json
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                if Bool.random(using: &random) {
                    bytes[place] = letters[Int.random(in: 0..<letters.count, using: &random)]
                } else {
                    bytes.remove(at: place)
                }
            }
            let result = bytes.withUnsafeBytes { try? TelemetryReader.read(json: $0, signal: .traces) }
            if let batch = result?.batch {
                #expect((try? TelemetryReader.read(protobuf: batch.bytes, signal: .traces))?.rejected == 0)
            }
        }
    }
}
