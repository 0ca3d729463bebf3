import CInterspanBPF
import Testing

@testable import Capture

/// Which contexts the messages of a batch have, and how they are told apart.
@Suite struct KafkaBatchTests {
    private typealias B = KafkaBytes

    private func run(_ said: CarrierSample.Said) throws -> TrackerRun.Closed {
        var options = CaptureOptions()
        options.headers.contexts = ["traceparent", "tracestate"]
        options.headers.requestIDs = ["x-request-id"]
        var builder = RecordBuilder()
        var run = TrackerRun(options: options)
        for (side, bytes) in said { run.feed(builder.say(side, bytes, asRequester: true)) }
        run.finish()
        return try #require(run.closed.first)
    }

    /// A produce and a fetch of the same batches, one a partition.
    private func both(_ batches: [[UInt8]]) throws -> [TrackerRun.Closed] {
        [
            try run([(.requester, B.produce(batches)), (.responder, B.produced(batches.count))]),
            try run([(.requester, B.fetch(batches.count)), (.responder, B.fetched(batches))]),
        ]
    }

    private func message(_ number: Int, state: Int? = nil) -> B.Headers {
        [("traceparent", "00-\(number)")] + (state.map { [("tracestate", "a=\($0)")] } ?? [])
    }

    private func parts(_ closed: TrackerRun.Closed) -> [String] {
        closed.fields.filter { !$0.name.isEmpty }.map { "\($0.part) \($0.name)=\($0.value)" }
    }

    @Test func eachDistinctSetIsAPartOverAllPartitions() throws {
        let first = B.batch([message(1, state: 1), message(1, state: 1), [], message(2, state: 1)])
        let second = B.batch([message(2, state: 1), message(3)])
        for closed in try both([first, second]) {
            #expect(
                parts(closed) == [
                    "0 traceparent=00-1", "0 tracestate=a=1", "1 traceparent=00-2", "1 tracestate=a=1",
                    "2 traceparent=00-3",
                ])
            #expect(closed.value(.batchSize) == "6")
            #expect(closed.value(.contextsLeft) == nil && closed.value(.contextsUnknown) == nil)
        }
    }

    @Test func repeatedOnOneMessageIsNotSeveralMessages() throws {
        for closed in try both([B.batch([message(1) + message(2)])]) {
            #expect(parts(closed) == ["0 traceparent=00-1", "0 traceparent=00-2"])
        }
    }

    @Test func messagesThatDifferInWhatIsNoContextAreAlike() throws {
        let messages = (0..<50).map { message(1) + [("x-request-id", "\($0)")] }
        for closed in try both([B.batch(messages)]) {
            #expect(parts(closed) == ["0 traceparent=00-1", "0 x-request-id=0"])
        }
    }

    @Test func hundredAndTwentyEightAreHandedOnWithTheirStatesAndTheRestCounted() throws {
        let messages = (0..<200).map { message($0, state: $0) } + (0..<200).map { message($0, state: $0) }
        for closed in try both([B.batch(messages)]) {
            #expect(parts(closed).count == 256)
            #expect(parts(closed).last == "127 tracestate=a=127")
            #expect(closed.value(.contextsLeft) == "144")
            #expect(closed.value(.contextsUnknown) == nil)
            #expect(closed.value(.destination) == "orders" && closed.value(.batchSize) == "400")
        }
    }

    @Test func setThatDoesNotFitIsLeftOutWhole() throws {
        let messages = (0..<100).map { message($0, state: $0) + [("x-request-id", "\($0)")] }
        for closed in try both([B.batch(messages + [message(3, state: 3)])]) {
            #expect(parts(closed).count == 255)
            #expect(parts(closed).last == "84 x-request-id=84")
            #expect(closed.value(.contextsLeft) == "15")
            #expect(closed.value(.destination) == "orders")
        }
    }

    @Test func whatWasNotReadIsNotKnown() throws {
        // Ten messages of 9 KB, of which the first 64 KiB of the request hold seven.
        let closed = try #require(
            try both([B.batch([[B.Headers.Element]](repeating: message(1), count: 10), value: 9000)]).first)
        #expect(parts(closed) == ["0 traceparent=00-1"])
        #expect(closed.value(.contextsUnknown) == "3")
        #expect(closed.value(.batchSize) == "10")
    }

    @Test func messageThatIsCutIsNotReadByHalves() throws {
        // The first 64 KiB of the request end in the second header.
        let headers = message(1) + [("tracestate", String(repeating: "s", count: 200))]
        let closed = try #require(try both([B.batch([headers], value: 65_300)]).first)
        #expect(parts(closed).isEmpty)
        #expect(closed.value(.contextsUnknown) == "1")
    }
}
