import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP
@testable import Propagation

/// Spans of two agents, of one exchange each an end, that pass through a third.
@Suite struct MergerReportedTests {
    private static let wall: UInt64 = 1_000_000_000_000

    private static func scene(_ change: (inout MergeOptions) -> Void = { _ in }) -> MergeScene {
        var options = MergeOptions()
        options.observes = false
        change(&options)
        return MergeScene(options)
    }

    /// A span of an agent: an end of an exchange.
    private static func span(
        _ number: UInt64, _ role: Role, in trace: TraceID, below parent: UInt64 = 0, from address: UInt64 = 1
    ) -> ReceivedSpan {
        let end = Samples.end(number, role)
        var span = ReceivedSpan(
            traceID: trace, spanID: IDScheme.spanID(of: end), parentSpanID: parent,
            kind: role == .client ? .client : .server, start: wall, end: wall + 10, resource: 0)
        span.exchange = TraceID(high: end.id.high, low: end.id.low)
        span.peerAddress = address
        return span
    }

    private static func root(_ number: UInt64, from address: UInt64 = 1) -> ReceivedSpan {
        span(number, .server, in: MergeScene.own(number), from: address)
    }

    private static func inner(_ span: UInt64, in trace: TraceID) -> ReceivedSpan {
        ReceivedSpan(
            traceID: trace, spanID: span, parentSpanID: 1, kind: .internal, start: wall, end: wall + 10, resource: 0)
    }

    @Test func theServersSpanHangsBelowTheClientsInTheirTrace() {
        var scene = Self.scene()
        scene.take([Self.span(1, .client, in: MergeScene.own(1))])
        let rewrite = scene.ask(Self.root(1)).rewrite
        #expect(rewrite?.parentSpanID == MergeScene.spanID(1, .client))
        #expect(rewrite?.traceID == nil && rewrite?.method?.description == "flow" && rewrite?.confidence == 1)
        #expect(scene.merger.counters.joinedByExchange == 1)
    }

    @Test func theTraceThatTheServersSpanBeginsBecomesTheClients() {
        var scene = Self.scene()
        scene.take([Self.span(1, .client, in: MergeScene.trace(5), below: 7)])
        let rewrite = scene.ask(Self.root(1)).rewrite
        #expect(rewrite?.traceID == MergeScene.trace(5) && rewrite?.parentSpanID == MergeScene.spanID(1, .client))
        #expect(rewrite?.keepsOriginal == true)
        #expect(scene.ask(Self.inner(3, in: MergeScene.own(1))).rewrite?.traceID == MergeScene.trace(5))
        #expect(scene.merger.alias(of: MergeScene.own(1)) == MergeScene.trace(5))
        #expect(scene.ask(Self.span(1, .client, in: MergeScene.trace(5), below: 7)).isUnchanged)
    }

    @Test func whicheverComesFirst() {
        var scene = Self.scene()
        #expect(scene.ask(Self.root(1)).isWait)
        // What is in its trace waits with it, whoever made it.
        #expect(scene.ask(Self.inner(3, in: MergeScene.own(1))).isWait)
        #expect(scene.ask(Self.span(2, .client, in: MergeScene.own(1), below: MergeScene.spanID(1, .server))).isWait)
        #expect(scene.ask(Self.inner(4, in: MergeScene.trace(8))).isUnchanged)
        scene.take([Self.span(1, .client, in: MergeScene.trace(5), below: 7)])
        #expect(scene.ask(Self.root(1)).rewrite?.traceID == MergeScene.trace(5))
        #expect(scene.ask(Self.inner(3, in: MergeScene.own(1))).rewrite?.traceID == MergeScene.trace(5))
        #expect(scene.merger.counters.rerooted == 1)
    }

    @Test func aChainOfHostsIsOneTreeHoweverItComes() {
        var scene = Self.scene()
        // The last host's span comes first; each caller's in the trace that its own server's began.
        let last: UInt64 = 8
        for number in (1...last).reversed() {
            if number < last { scene.take([Self.span(number + 1, .client, in: MergeScene.own(number), below: 1)]) }
            #expect(scene.ask(Self.root(number)).isWait)
            #expect(scene.ask(Self.root(last)).isWait, "\(number) is not decided")
        }
        scene.take([Self.span(1, .client, in: MergeScene.trace(5), below: 7)])
        for number in 1...last as ClosedRange<UInt64> {
            let rewrite = scene.ask(Self.root(number)).rewrite
            #expect(rewrite?.traceID == MergeScene.trace(5))
            #expect(rewrite?.parentSpanID == MergeScene.spanID(number, .client))
        }
    }

    @Test func atTheEndOfWaitingAChainIsOneTreeAsFarAsItIsKnown() {
        var scene = Self.scene()
        #expect(scene.ask(Self.root(2)).isWait)
        #expect(scene.ask(Self.root(1)).isWait)
        scene.take([Self.span(2, .client, in: MergeScene.own(1), below: MergeScene.spanID(1, .server))])
        #expect(scene.ask(Self.root(2), mustDecide: true).rewrite?.traceID == MergeScene.own(1))
        // What has left says where the trace is.
        scene.take([Self.span(1, .client, in: MergeScene.trace(5), below: 7)])
        let rewrite = scene.ask(Self.root(1), mustDecide: true).rewrite
        #expect(rewrite?.traceID == nil && rewrite?.link?.traceID == MergeScene.trace(5))
    }

    @Test func withoutAClientItLeavesAsItCame() {
        var scene = Self.scene()
        #expect(scene.ask(Self.root(1)).isWait)
        #expect(scene.ask(Self.root(1), mustDecide: true).isUnchanged)
        #expect(scene.ask(Self.inner(3, in: MergeScene.own(1))).isUnchanged)
        #expect(scene.merger.counters.callerMissing == 1)
        scene.take([Self.span(1, .client, in: MergeScene.trace(5), below: 7)])
        #expect(scene.merger.counters.callerLate == 1)
        #expect(scene.merger.alias(of: MergeScene.own(1)) == nil)
    }

    @Test func whereNobodyEverCallsFromNothingIsWaitedFor() {
        var scene = Self.scene()
        for number in 1...16 as ClosedRange<UInt64> {
            #expect(scene.ask(Self.root(number)).isWait)
            #expect(scene.ask(Self.root(number), mustDecide: true).isUnchanged)
        }
        #expect(scene.ask(Self.root(17)).isUnchanged)
        #expect(scene.ask(Self.root(18, from: 2)).isWait, "others may be called by somebody")
        // One that comes late says that waiting is worth it.
        scene.take([Self.span(17, .client, in: MergeScene.trace(5), below: 7)])
        #expect(scene.ask(Self.root(19)).isWait)
    }

    @Test func aTraceOfWhichSpansHaveLeftIsOnlyLinked() {
        var scene = Self.scene()
        scene.take([])
        #expect(scene.ask(Self.inner(3, in: MergeScene.own(1))).isUnchanged)
        scene.take([Self.span(1, .client, in: MergeScene.trace(5), below: 7)])
        let rewrite = scene.ask(Self.root(1)).rewrite
        #expect(rewrite?.traceID == nil && rewrite?.parentSpanID == nil)
        #expect(rewrite?.link?.traceID == MergeScene.trace(5))
        #expect(rewrite?.link?.spanID == MergeScene.spanID(1, .client))
        #expect(scene.merger.counters.apart.late == 1)
    }

    @Test func withRerootLinkTracesStayWhereTheyAre() {
        var scene = Self.scene { $0.rewritesRoots = false }
        scene.take([Self.span(1, .client, in: MergeScene.trace(5), below: 7)])
        #expect(scene.ask(Self.root(1)).rewrite?.link?.traceID == MergeScene.trace(5))
        #expect(scene.merger.counters.apart.configured == 1)
        // Within one trace nothing has to move.
        scene.take([Self.span(2, .client, in: MergeScene.own(2))])
        #expect(scene.ask(Self.root(2)).rewrite?.parentSpanID == MergeScene.spanID(2, .client))
    }

    @Test func aServersSpanBelowAContextIsHungBelowItsClients() {
        var scene = Self.scene()
        let trace = MergeScene.trace(5)
        scene.take([
            Self.span(1, .client, in: trace, below: 7), Self.span(2, .client, in: MergeScene.trace(6), below: 7),
        ])
        #expect(
            scene.ask(Self.span(1, .server, in: trace, below: 7)).rewrite?.parentSpanID == MergeScene.spanID(1, .client)
        )
        // In another trace it stays, and says so.
        let apart = scene.ask(Self.span(2, .server, in: trace, below: 7)).rewrite
        #expect(apart?.parentSpanID == nil && apart?.link?.traceID == MergeScene.trace(6))
        // One that hangs there already is asked for nothing.
        let joined = Self.span(3, .server, in: trace, below: MergeScene.spanID(3, .client))
        #expect(scene.ask(joined).isUnchanged)
    }

    @Test func aTraceThatAgentsDidNotMakeUpIsOnlyLinked() {
        var scene = Self.scene()
        scene.take([Self.span(1, .client, in: MergeScene.trace(5), below: 7)])
        let rewrite = scene.ask(Self.span(1, .server, in: MergeScene.trace(6))).rewrite
        #expect(rewrite?.traceID == nil && rewrite?.link?.traceID == MergeScene.trace(5))
    }

    @Test func whoOnlySaysSoIsNoEndOfAnExchange() {
        var scene = Self.scene()
        var span = Self.root(1)
        span.spanID ^= 1
        #expect(scene.ask(span).isUnchanged)
        span = Self.span(1, .client, in: MergeScene.trace(5))
        span.spanID ^= 1
        scene.take([span])
        #expect(scene.merger.reported.count == 0)
    }

    @Test func whoCapturesHangsThemBelowItsOwnCalls() {
        var scene = MergeScene()
        scene.open(9, .server, headers: MergeScene.parent(5, 7), pid: 7)
        let client = scene.across(1, .client, by: Samples.end(9, .server))
        let rewrite = scene.ask(Self.root(1)).rewrite
        #expect(rewrite?.parentSpanID == client.spanID && rewrite?.traceID == MergeScene.trace(5))
    }

    @Test func whoCapturesWaitsForWhatItsOwnTraceTurnsOutToBe() {
        var scene = MergeScene()
        scene.open(9, .server, pid: 7)
        let client = scene.across(1, .client, by: Samples.end(9, .server))
        #expect(scene.ask(Self.root(1)).isWait)
        scene.close(9, .server)
        #expect(scene.ask(Self.root(1)).rewrite?.traceID == client.traceID)
    }

    @Test func memoryIsBoundedInNumberAndInTime() {
        var ends = ReportedEnds(ttl: 1000, maximum: 10)
        for number in 0..<1000 as Range<UInt64> {
            _ = ends.called(Samples.end(number, .client).id, in: MergeScene.trace(number + 1), now: number)
            ends.leaveAlone(Samples.end(number + 5000, .client).id, from: number, now: number)
        }
        #expect(ends.count == 20)
        ends.advance(to: 10_000)
        #expect(ends.count == 0)
    }
}

extension MergeScene {
    /// A batch with these spans has come.
    fileprivate mutating func take(_ spans: [ReceivedSpan]) {
        merger.received(spans, of: [resource("shop")], from: nil, now: 1_000_000_000_000)
    }

    /// What becomes of a span.
    fileprivate mutating func ask(_ span: ReceivedSpan, mustDecide: Bool = false) -> ReceivedDecision {
        merger.decide(
            span, index: 0, of: resource("shop"), from: nil, mustDecide: mustDecide, now: 1_000_000_000_000)
    }
}
