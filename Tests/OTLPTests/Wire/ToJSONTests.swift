import Testing

@testable import OTLP

@Suite struct ToJSONTests {
    private func json(_ requests: [UInt8]..., signal: Signal = .traces) throws -> String {
        let batches = try requests.map {
            try #require(try TelemetryReader.read(protobuf: $0, signal: signal).batch)
        }
        let buffer = ByteBuffer()
        TelemetryEncoder(.json, signal).encode(batches.map { .received($0) }, into: buffer)
        return String(decoding: buffer.bytes, as: UTF8.self)
    }

    private let ids = #""traceId":"01010101010101010101010101010101","spanId":"0202020202020202""#

    /// What becomes of a span's fields, after its ids.
    private func span(_ fields: [UInt8]...) throws -> String {
        let bytes = Proto.field(1, Proto.field(2, Proto.field(2, Proto.ids(trace: 1, span: 2), fields.flatMap { $0 })))
        let text = try json(bytes)
        let (head, tail) = (#"{"resourceSpans":[{"scopeSpans":[{"spans":[{\#(ids)"#, "}]}]}]}")
        #expect(text.hasPrefix(head) && text.hasSuffix(tail), "\(text)")
        return String(text.dropFirst(head.count).dropLast(tail.count))
    }

    private func value(_ value: [UInt8]) throws -> String {
        let text = try span(Proto.attribute(9, "k", value))
        let (head, tail) = (#","attributes":[{"key":"k","value":"#, "}]")
        #expect(text.hasPrefix(head) && text.hasSuffix(tail), "\(text)")
        return String(text.dropFirst(head.count).dropLast(tail.count))
    }

    @Test func everyKindIsWrittenAsOTLPSays() throws {
        #expect(try span(Proto.fixed64(7, .max)) == #","startTimeUnixNano":"18446744073709551615""#)
        #expect(
            try span(Proto.number(10, 7), Proto.fixed32(16, .max)) == #","flags":4294967295,"droppedAttributesCount":7"#
        )
        #expect(try span(Proto.number(6, 3)) == #","kind":3"#)
        #expect(try span(Proto.field(4, [0xAB, 1, 2, 3, 4, 5, 6, 0xFF])) == #","parentSpanId":"ab010203040506ff""#)
        #expect(
            try span(Proto.field(15, Proto.number(3, 2), Proto.text(2, "a\"\n")))
                == #","status":{"message":"a\"\n","code":2}"#)
        #expect(try value(Proto.number(3, UInt64(bitPattern: -5))) == #"{"intValue":"-5"}"#)
        #expect(try value(Proto.number(2, 1)) == #"{"boolValue":true}"#)
        #expect(try value(Proto.double(4, 0.1)) == #"{"doubleValue":0.1}"#)
        #expect(try value(Proto.double(4, -.infinity)) == #"{"doubleValue":"-Infinity"}"#)
        #expect(try value(Proto.double(4, .nan)) == #"{"doubleValue":"NaN"}"#)
        for (bytes, text): ([UInt8], String) in [
            ([], ""), ([0], "AA=="), ([0xFB, 0xFF], "+/8="), ([0, 1, 2], "AAEC"),
        ] {
            #expect(try value(Proto.field(7, bytes)) == #"{"bytesValue":"\#(text)"}"#)
        }
        #expect(
            try value(
                Proto.field(6, Proto.field(1, Proto.text(1, "a"), Proto.field(2, Proto.field(5, Proto.field(1))))))
                == #"{"kvlistValue":{"values":[{"key":"a","value":{"arrayValue":{"values":[{}]}}}]}}"#)
        let point = Proto.field(
            1, Proto.number(6, 3),
            Proto.field(8, Proto.number(1, 1), Proto.field(2, [1, 0xAC, 0x02]), Proto.number(2, 7)),
            Proto.fixed64(4, 0), Proto.double(5, 0))
        #expect(
            try json(Proto.field(1, Proto.field(2, Proto.field(2, Proto.field(10, point)))), signal: .metrics)
                == #"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"exponentialHistogram":{"dataPoints":[{"sum":0.0,"scale":-2,"positive":{"offset":-1,"bucketCounts":["1","300","7"]}}]}}]}]}]}"#
        )
    }

    @Test func defaultsAreLeftOutUnlessTheyMeanSomething() throws {
        #expect(try span(Proto.number(6, 0), Proto.text(5, ""), Proto.fixed64(7, 0), Proto.field(4)) == "")
        #expect(try span(Proto.field(15)) == #","status":{}"#)
        #expect(try value(Proto.number(3, 0)) == #"{"intValue":"0"}"#)
        #expect(try value(Proto.text(1, "")) == #"{"stringValue":""}"#)
        #expect(try value(Proto.number(2, 0)) == #"{"boolValue":false}"#)
        #expect(try value(Proto.double(4, 0)) == #"{"doubleValue":0.0}"#)
        #expect(try value([]) == "{}")
    }

    @Test func whatIsNotKnownIsLeftOut() throws {
        #expect(
            try span(
                Proto.text(99, "x"), Proto.number(17, 1), Proto.text(5, "n"),
                Proto.tag(50, 3) + Proto.text(5, "no")
                    + Proto.tag(50, 4)) == #","name":"n""#)
    }

    @Test func fieldsOutOfOrderAndTwiceAreReadAsProtobufReadsThem() throws {
        #expect(try span(Proto.text(5, "a"), Proto.text(5, "b")) == #","name":"b""#)
        #expect(try span(Proto.text(5, "a"), Proto.text(5, "")) == "")
        let (first, second) = (Proto.attribute(9, "a", Proto.number(3, 1)), Proto.attribute(9, "b", Proto.number(3, 2)))
        let both = #","attributes":[{"key":"a","value":{"intValue":"1"}},{"key":"b","value":{"intValue":"2"}}]"#
        #expect(try span(first, Proto.text(5, "n"), second) == #","name":"n""# + both)
        // Messages are merged, however they lie in each other.
        #expect(
            try span(Proto.field(15, Proto.number(3, 2)), Proto.text(5, "n"), Proto.field(15, Proto.text(2, "why")))
                == #","name":"n","status":{"message":"why","code":2}"#)
        let (one, two) = (
            Proto.field(5, Proto.field(1, Proto.number(3, 1))), Proto.field(5, Proto.field(1, Proto.number(3, 2)))
        )
        #expect(try value(one + two) == #"{"arrayValue":{"values":[{"intValue":"1"},{"intValue":"2"}]}}"#)
        // Of a oneof the member that comes last counts, and what it had before another one came does not.
        #expect(try value(Proto.number(3, 1) + Proto.text(1, "x")) == #"{"stringValue":"x"}"#)
        #expect(try value(one + Proto.text(1, "x") + two) == #"{"arrayValue":{"values":[{"intValue":"2"}]}}"#)
        #expect(try value(one + Proto.text(1, "x")) == #"{"stringValue":"x"}"#)
    }

    @Test func batchesBecomeOneRequest() throws {
        let requests = (1...3).map { Proto.field(1, Proto.field(2, Proto.span($0))) }
        let span = { (id: Int) in
            #"{"scopeSpans":[{"spans":[{"traceId":"\#(String(repeating: "aa", count: 16))","spanId":"\#(String(repeating: "0\(id)", count: 8))"}]}]}"#
        }
        #expect(
            try json(requests[0], requests[1], requests[2])
                == #"{"resourceSpans":[\#(span(1)),\#(span(2)),\#(span(3))]}"#)
        let buffer = ByteBuffer()
        let batches = try requests.compactMap { try TelemetryReader.read(protobuf: $0, signal: .traces).batch }
        TelemetryEncoder(.protobuf).encode(batches.map { .received($0) }, into: buffer)
        #expect(Array(buffer.bytes) == requests.flatMap { $0 })
    }

    @Test func deepestThatPassesTheCheckIsWritten() throws {
        let text = try value(Proto.nested(47))
        #expect(text.hasSuffix(#"{"stringValue":"deep"}"# + String(repeating: "]}}", count: 47)))
    }

    @Test func whatIsWrittenReadsBackAsTheSame() throws {
        let bytes = Proto.request(
            Proto.span(
                1, Proto.fixed64(7, 1), Proto.attribute(9, "k", Proto.nested(5)),
                Proto.attribute(9, "i", Proto.number(3, 0)),
                Proto.field(11, Proto.text(2, "event")), Proto.number(12, 4)))
        let first = try json(bytes)
        var text = first
        let again = try text.withUTF8 { try TelemetryReader.read(json: UnsafeRawBufferPointer($0), signal: .traces) }
        #expect(try json(again.batch?.bytes ?? []) == first)
    }
}
