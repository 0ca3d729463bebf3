import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP
@testable import Propagation

@Suite struct MergerTests {
    private static let given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    private static let trace = TraceID(high: 0x0af7_6519_16cd_43dd, low: 0x8448_eb21_1c80_319c)
    private static let caller: UInt64 = 0xb7ad_6b71_6920_3331

    private var samples = Samples()
    private var merger = Merger(options: MergeOptions(), reader: ContextReader(order: [.tracecontext]))

    @discardableResult private mutating func place(
        _ number: UInt64, _ role: Role, parent: ExchangeEnd? = nil, method: LinkMethod = .thread,
        headers: [(String, String)] = []
    ) -> SpanContext {
        let opened = samples.linked(number, role, parent: parent, method: method, headers: headers)
        merger.open(opened, fields: samples.fields)
        let closed = samples.linked(number, role, phase: .closed, parent: parent, method: method, headers: headers)
        return merger.close(closed, fields: samples.fields)
    }

    @Test mutating func exchangeWithoutParentIsTheRootOfItsOwnTrace() {
        let root = place(1, .client)
        #expect(root.traceID == TraceID(high: 1, low: ~1))
        #expect(root.parentSpanID == 0)
        #expect(root.isSampled)
        #expect(root.join.name.description == "none")
    }

    @Test mutating func bothEndsAndWhatFollowsAreOneTree() {
        let client = place(1, .client)
        let server = place(1, .server, parent: Samples.end(1, .client), method: .flow)
        let call = place(2, .client, parent: Samples.end(1, .server))
        #expect(server.parentSpanID == client.spanID)
        #expect(call.parentSpanID == server.spanID)
        #expect(Set([client.traceID, server.traceID, call.traceID]).count == 1)
        #expect(Set([client.spanID, server.spanID, call.spanID]).count == 3)
    }

    @Test mutating func contextGivesTraceAndParent() {
        let server = place(1, .server, headers: [("traceparent", Self.given), ("tracestate", "a=1")])
        #expect(server.traceID == Self.trace)
        #expect(server.parentSpanID == Self.caller)
        #expect(server.traceState == Array("a=1".utf8))
        #expect(server.join.name.description == "traceparent")
    }

    @Test mutating func aContextIsSurerThanWhatLooksLikely() {
        place(9, .server, headers: [("traceparent", "00-\(String(repeating: "9", count: 32))-0000000000000009-01")])
        let call = place(
            1, .client, parent: Samples.end(9, .server), method: .values, headers: [("traceparent", Self.given)])
        #expect(call.traceID == Self.trace && call.parentSpanID == Self.caller)
        #expect(call.join.name.description == "traceparent")
    }

    @Test mutating func whatAProcessReceivedLaterItHasNotPassedOn() {
        let headers = [("traceparent", Self.given)]
        merger.open(samples.linked(2, .server, headers: headers, start: 3000, pid: 7), fields: samples.fields)
        merger.open(samples.linked(1, .client, headers: headers, start: 1000, pid: 7), fields: samples.fields)
        let call = merger.close(
            samples.linked(1, .client, phase: .closed, headers: headers, start: 1000, pid: 7), fields: samples.fields)
        #expect(call.parentSpanID == Self.caller)
    }

    @Test mutating func headerNameMatchesInAnyCase() {
        #expect(place(1, .server, headers: [("TraceParent", Self.given)]).traceID == Self.trace)
    }

    @Test mutating func clientSpanStandsBetweenTheContextAndTheServer() {
        let client = place(1, .client, headers: [("traceparent", Self.given)])
        let server = place(
            1, .server, parent: Samples.end(1, .client), method: .flow, headers: [("traceparent", Self.given)])
        #expect(client.traceID == Self.trace)
        #expect(client.parentSpanID == Self.caller)
        #expect(server.parentSpanID == client.spanID)
        #expect(server.join.name.description == "flow")
    }

    @Test mutating func contextPassedOnUnchangedSaysNothingOfTheHop() {
        let server = place(1, .server, headers: [("traceparent", Self.given)])
        let call = place(2, .client, parent: Samples.end(1, .server), headers: [("traceparent", Self.given)])
        #expect(call.parentSpanID == server.spanID)
        #expect(call.traceID == Self.trace)
        #expect(call.links.isEmpty)
        #expect(merger.counters.forwardedUnchanged == 1)
    }

    @Test mutating func contextContinuedByAnSDKNamesItsSpan() {
        _ = place(1, .server, headers: [("traceparent", Self.given)])
        let call = place(
            2, .client, parent: Samples.end(1, .server),
            headers: [("traceparent", "00-0af7651916cd43dd8448eb211c80319c-00000000000000aa-01")])
        #expect(call.parentSpanID == 0xaa)
        #expect(call.traceID == Self.trace)
    }

    @Test mutating func contextOfAnotherTraceStaysALink() {
        let server = place(1, .server)
        let call = place(2, .client, parent: Samples.end(1, .server), headers: [("traceparent", Self.given)])
        #expect(call.parentSpanID == server.spanID)
        #expect(call.traceID == server.traceID)
        #expect(call.links.first?.context.spanID == Self.caller)
        #expect(merger.counters.keptAsLink == 1)
    }

    @Test mutating func unsampledContextKeepsAllBelowItUnsampled() {
        let server = place(1, .server, headers: [("traceparent", String(Self.given.dropLast(2)) + "00")])
        let call = place(2, .client, parent: Samples.end(1, .server))
        let next = place(2, .server, parent: Samples.end(2, .client), method: .flow)
        #expect(!server.isSampled && !call.isSampled && !next.isSampled)
    }

    @Test(arguments: [
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01", "garbage", "",
    ])
    mutating func invalidContextIsIgnored(_ header: String) {
        let server = place(1, .server, headers: [("traceparent", header)])
        #expect(server.traceID == TraceID(high: 1, low: ~1))
        #expect(server.parentSpanID == 0)
    }

    @Test mutating func twoContextsAreNone() {
        let other = "00-0af7651916cd43dd8448eb211c80319d-b7ad6b7169203331-01"
        let server = place(1, .server, headers: [("traceparent", Self.given), ("traceparent", other)])
        #expect(server.parentSpanID == 0)
    }

    @Test mutating func parentIsKnownForAWhileAfterItClosed() {
        let root = place(1, .client)
        merger.advance(to: 1_000_000_000)
        let early = place(1, .server, parent: Samples.end(1, .client), method: .flow)
        #expect(early.parentSpanID == root.spanID)
        merger.advance(to: 60_000_000_000)
        let late = place(2, .client, parent: Samples.end(1, .server))
        #expect(late.parentSpanID == 0)
        #expect(merger.counters.parentForgotten == 1)
    }

    @Test mutating func memoryIsBoundedWhenNothingCloses() {
        merger = Merger(
            options: MergeOptions(maximumEnds: 100), reader: ContextReader(order: [.tracecontext]))
        for number in 1...1000 { merger.open(samples.linked(UInt64(number), .client), fields: samples.fields) }
        #expect(merger.counters.evicted == 900)
        let forgotten = merger.close(samples.linked(1000, .client, phase: .closed), fields: samples.fields)
        #expect(forgotten.traceID == TraceID(high: 1000, low: ~1000))
    }

    @Test mutating func clientStartsNoLaterThanItsServer() {
        merger.open(samples.linked(1, .client, start: 500), fields: samples.fields)
        merger.open(
            samples.linked(1, .server, parent: Samples.end(1, .client), method: .flow, start: 480),
            fields: samples.fields)
        let client = merger.close(samples.linked(1, .client, phase: .closed, start: 500), fields: samples.fields)
        #expect(client.earliest == 480)
    }
}
