import Testing

@testable import Capture

/// What is particular to Dubbo.
@Suite struct DubboTests {
    private typealias Sample = DubboConversations

    private func run(_ contexts: Set<String> = ["traceparent", "sw8"]) -> TrackerRun {
        var options = CaptureOptions()
        options.headers.contexts = contexts
        return TrackerRun(options: options)
    }

    /// A value of every kind that Hessian 2 has, each to be passed over.
    private static let values: [[UInt8]] = [
        [0x4E], [0x54], [0x46], [0x90], [0xC8, 1], [0xD4, 1, 2], [0x49, 1, 2, 3, 4], [0xE0], [0xF8, 1], [0x3C, 1, 2],
        [0x59, 1, 2, 3, 4], [0x4C, 1, 2, 3, 4, 5, 6, 7, 8], [0x5B], [0x5C], [0x5D, 1], [0x5E, 1, 2],
        [0x5F, 1, 2, 3, 4],
        [0x44, 1, 2, 3, 4, 5, 6, 7, 8], [0x4A, 1, 2, 3, 4, 5, 6, 7, 8], [0x4B, 1, 2, 3, 4], [0x51, 0x90],
        [0x02, 0xC3, 0xA4, 0x5A], [0x02, 0xF0, 0x9F, 0x98, 0x80], [0x02, 0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80],
        [0x30, 0x01, 0x61], [0x52, 0, 1, 0x61, 0x53, 0, 1, 0x62], [0x52, 0, 1, 0x61, 0x01, 0x62],
        [0x21, 0x5A], [0x34, 1, 0x5A], [0x41, 0, 1, 0x5A, 0x42, 0, 1, 0x5A], [0x41, 0, 1, 1, 0x21, 1],
        [0x48, 0x01, 0x61, 0x90, 0x5A], [0x4D, 0x01, 0x74, 0x01, 0x61, 0x48, 0x5A, 0x5A], [0x57, 0x90, 0x90, 0x5A],
        [0x55, 0x01, 0x74, 0x90, 0x5A], [0x56, 0x01, 0x74, 0x92, 0x90, 0x4E], [0x58, 0x91, 0x90],
        [0x72, 0x90, 0x90, 0x90],
        [0x7A, 0x90, 0x57, 0x5A], [0x43, 0x01, 0x43, 0x92, 0x01, 0x61, 0x01, 0x62, 0x60, 0x90, 0x48, 0x5A],
        [0x43, 0x01, 0x43, 0x90, 0x4F, 0x90], [0x78],
    ]

    @Test(arguments: values) func everyValueIsPassedOver(_ value: [UInt8]) {
        (value + [0x90]).withUnsafeBytes {
            var reader = HessianReader($0)
            let isPassed = reader.skip()
            #expect(isPassed)
            #expect(reader.rest.count == 1)
        }
        for count in value.indices {
            value.prefix(count).withUnsafeBytes {
                var reader = HessianReader($0)
                let isPassed = reader.skip()
                #expect(!isPassed)
            }
        }
    }

    @Test func valuesMayNotNestWithoutEnd() {
        [UInt8](repeating: 0x79, count: 100_000).withUnsafeBytes {
            var reader = HessianReader($0)
            let isPassed = reader.skip()
            #expect(!isPassed)
        }
    }

    @Test func attachmentsStandBehindAnyArguments() throws {
        var run = run()
        var builder = RecordBuilder()
        // The classes that values define are those of the whole message, so only one of them has the first number.
        let values = DubboTests.values.filter { !$0.starts(with: [0x43, 0x01, 0x43, 0x90]) }
        let arguments = values.flatMap { $0 }
        let types = String(repeating: "[[Ljava/lang/Object;", count: values.count)
        let body = Sample.call(
            "com.shop.Cart", "add", types, arguments,
            attachments: [("path", "x"), ("traceparent", "00-1"), ("sw8", "1-a"), ("token", "s3cret")])
        run.feed(builder.send(Sample.message(0xC2, id: 1, body)))
        run.feed(builder.receive(Sample.message(0x02, status: 20, id: 1, [0x92])))
        run.finish()
        let closed = try #require(run.closed.first)
        #expect(closed.operation == "com.shop.Cart/add")
        let named = closed.fields.filter { !$0.name.isEmpty }.map { "\($0.key) \($0.name)=\($0.value)" }
        #expect(named == ["context traceparent=00-1", "context sw8=1-a"])
        #expect(!closed.exchange.hasFailed && closed.exchange.status == 20)
    }

    @Test(arguments: [true, false]) func attachmentsBehindALongArgumentAreFound(isCut: Bool) throws {
        var run = run()
        var builder = RecordBuilder()
        if isCut { (builder.headLimit, builder.tailLimit) = (3072, 1024) }
        // Bytes that look like maps do not deceive.
        var long: [UInt8] = []
        for _ in 0..<5 { long += [0x41, 0x10, 0x00] + [UInt8](repeating: 0x48, count: 4096) }
        let body = Sample.call(
            "S", "upload", "[B", long + [0x20], attachments: [("traceparent", "00-1"), ("k", "H")])
        run.feed(builder.send(Sample.message(0xC2, id: 1, body)))
        run.feed(builder.receive(Sample.message(0x02, status: 20, id: 1, [0x92])))
        run.finish()
        let closed = try #require(run.closed.first)
        #expect(closed.operation == "S/upload" && closed.exchange.requestBody == UInt64(body.count))
        #expect(closed.fields.filter { !$0.name.isEmpty }.map(\.value) == ["00-1"])
    }

    @Test func whatAMethodThrewIsAFailureWithItsClass() throws {
        for flag in [UInt8(0x90), 0x93] {
            var run = run()
            var builder = RecordBuilder()
            run.feed(builder.receive(Sample.message(0xC2, id: 1, Sample.call("S", "m"))))
            let thrown = [flag, 0x43] + Sample.text("java.lang.IllegalStateException") + [0x90, 0x60]
            run.feed(builder.send(Sample.message(0x02, status: 20, id: 1, thrown)))
            run.finish()
            let closed = try #require(run.closed.first)
            #expect(closed.exchange.hasFailed && closed.exchange.status == 20)
            #expect(closed.value(.errorCode) == "java.lang.IllegalStateException")
        }
    }

    @Test func callThatWantsNoAnswerIsOverWithItsRequest() throws {
        var run = run()
        var builder = RecordBuilder()
        run.feed(builder.send(Sample.message(0x82, id: 1, Sample.call("S", "tell"))))
        run.finish()
        let closed = try #require(run.closed.first)
        #expect(closed.operation == "S/tell" && closed.exchange.outcome == .complete)
        #expect(closed.exchange.responseStart.time == 0)
    }

    @Test func heartbeatsAreNoCallsWhoeverSendsThem() {
        var run = run()
        var builder = RecordBuilder()
        run.feed(builder.receive(Sample.message(0xE2, id: 1, [0x4E])))
        run.feed(builder.send(Sample.message(0x22, status: 20, id: 1, [0x4E])))
        run.feed(builder.send(Sample.message(0xC2, id: 1, Sample.call("S", "m"))))
        run.feed(builder.receive(Sample.message(0x02, status: 20, id: 1, [0x92])))
        run.finish()
        #expect(run.closed.map(\.operation) == ["S/m"])
        #expect(run.closed.map(\.exchange.end.role) == [.client])
        #expect(run.tracker.counters.losses.isZero)
    }

    @Test func serverCallsItsClientBack() {
        var run = run()
        var builder = RecordBuilder()
        run.feed(builder.send(Sample.message(0xC2, id: 5, Sample.call("S", "listen"))))
        run.feed(builder.receive(Sample.message(0xC2, id: 5, Sample.call("Listener", "changed"))))
        run.feed(builder.send(Sample.message(0x02, status: 20, id: 5, [0x92])))
        run.feed(builder.receive(Sample.message(0x02, status: 40, id: 5, [])))
        run.finish()
        #expect(run.closed.map(\.operation) == ["Listener/changed", "S/listen"])
        #expect(run.closed.map(\.exchange.status) == [20, 40])
        #expect(run.closed.map(\.exchange.isPush) == [true, false])
    }

    @Test func bodyThatCannotBeReadHasNoNames() throws {
        var run = run()
        var builder = RecordBuilder()
        run.feed(builder.send(Sample.message(0xC0 | 22, id: 1, [1, 2, 3])))
        run.feed(builder.receive(Sample.message(22, status: 20, id: 1, [1])))
        run.finish()
        let closed = try #require(run.closed.first)
        #expect(closed.fields.isEmpty && closed.exchange.outcome == .complete)
    }

    @Test func attachmentsAreReadFromLinesOfJSON() throws {
        var run = run()
        var builder = RecordBuilder()
        let lines =
            "\"2.0.2\"\n\"S\"\n\"1.0\"\n\"m\"\n\"ILjava/lang/String;\"\n5\n\"a\\n\"\n{\"n\":1, \"traceparent\" : \"00-1\" }\n"
        run.feed(builder.send(Sample.message(0xC6, id: 1, Array(lines.utf8))))
        run.feed(builder.receive(Sample.message(0x06, status: 20, id: 1, Array("0\n{}".utf8))))
        run.finish()
        let closed = try #require(run.closed.first)
        #expect(closed.operation == "S/m" && closed.exchange.hasFailed)
        #expect(closed.fields.filter { !$0.name.isEmpty }.map(\.value) == ["00-1"])
    }

    @Test func requestsThatAreNeverAnsweredMakeRoom() {
        var run = run()
        var builder = RecordBuilder()
        for index in 0..<1100 {
            let body = Sample.call("S", "m\(index)")
            var bytes = Sample.message(0xC2, id: 0, body)
            (bytes[10], bytes[11]) = (UInt8(index >> 8), UInt8(index & 255))
            run.feed(builder.send(bytes))
        }
        run.finish()
        #expect(run.closed.count == 1100)
        #expect(run.lost(.tableFull) == 0)
    }
}
