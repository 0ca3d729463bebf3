import Propagation
import Testing

private let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

@Suite struct ContextReaderTests {
    @Test func propagatorsAreKnownByTheirStandardNames() {
        #expect(Propagator(rawValue: "tracecontext") == .tracecontext)
        #expect(Propagator.tracecontext.names == ["traceparent", "tracestate"])
        for propagator in Propagator.allCases {
            #expect(propagator.names.allSatisfy { $0 == $0.lowercased() && !$0.isEmpty })
        }
    }

    @Test(arguments: ["traceparent", "Traceparent", "TRACEPARENT", "TraceParent"])
    func namesMatchInAnyCase(_ name: String) {
        var reader = ContextReader()
        let reading = reader.read([(name, parent), ("TraceState", "foo=1")])
        #expect(reading?.context.spanID == 0xb7ad_6b71_6920_3331)
        #expect(reading?.propagator == .tracecontext)
        #expect(reader.state == "foo=1")
        #expect(reader.counters[.tracecontext, .read] == 1)
    }

    @Test(arguments: [
        "trace-parent", "trace.parent", "traceparen", "traceparent ", "tracepar\u{45}nt2", "", "[raceparent",
    ])
    func otherNamesCarryNothing(_ name: String) {
        var reader = ContextReader()
        #expect(reader.read([(name, parent)]) == nil)
        #expect(reader.counters.rejected == 0)
    }

    @Test func severalParentsMakeAllInvalid() {
        var reader = ContextReader()
        let other = "00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        for fields in [
            [parent, other], [parent, parent], [parent, "bad"], ["bad", parent], [parent, other, parent],
        ] {
            #expect(reader.read(fields.map { ("traceparent", $0) } + [("tracestate", "foo=1")]) == nil)
            #expect(reader.state.isEmpty)
        }
        #expect(reader.counters[.tracecontext, .repeated] == 5)
        #expect(reader.counters[.tracecontext, .read] == 0)
        #expect(reader.counters.rejected == 5)
    }

    @Test func anInvalidParentTakesTheStateWithIt() {
        var reader = ContextReader()
        #expect(reader.read([("tracestate", "foo=1"), ("traceparent", "ff-")]) == nil)
        #expect(reader.state.isEmpty)
        #expect(reader.counters[.tracecontext, .invalid] == 1)
    }

    @Test func anInvalidStateLeavesTheParent() {
        var reader = ContextReader()
        #expect(reader.read([("traceparent", parent), ("tracestate", "foo=1"), ("tracestate", "BAD")]) != nil)
        #expect(reader.state.isEmpty)
        #expect(reader.counters[.tracecontext, .invalidState] == 1)
        #expect(reader.counters[.tracecontext, .read] == 1)
    }

    @Test func stateWithoutParentIsNothing() {
        var reader = ContextReader()
        #expect(reader.read([("tracestate", "foo=1")]) == nil)
        #expect(reader.state.isEmpty)
        #expect(reader.counters[.tracecontext, .strayState] == 1)
        #expect(reader.counters.rejected == 0)
    }

    @Test func nothingIsCarriedFromOneMessageToTheNext() {
        var reader = ContextReader()
        _ = reader.read([("traceparent", parent), ("tracestate", "foo=1")])
        #expect(reader.read([("traceparent", parent)]) != nil)
        #expect(reader.state.isEmpty)
        #expect(reader.read([]) == nil)
        _ = reader.read([("tracestate", "BAD")])
        #expect(reader.read([("traceparent", parent), ("tracestate", "bar=2")]) != nil)
        #expect(reader.state == "bar=2")
    }

    @Test func dialectsThatAreNotConfiguredAreNotRead() {
        var reader = ContextReader(order: [])
        #expect(reader.read([("traceparent", parent), ("tracestate", "foo=1")]) == nil)
        #expect(reader.state.isEmpty)
        #expect(reader.counters.rejected == 0)
    }

    @Test func aDialectNamedTwiceIsReadOnce() {
        var reader = ContextReader(order: [.tracecontext, .tracecontext])
        #expect(reader.read([("traceparent", "bad")]) == nil)
        #expect(reader.counters[.tracecontext, .invalid] == 1)
    }
}
