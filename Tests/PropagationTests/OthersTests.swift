import Propagation
import Testing

private let parent = ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
private let jaeger = ("uber-trace-id", "a1:a2:0:1")
private let b3 = ("b3", "00000000000000b1-00000000000000b2-0")
private let xray = ("X-Amzn-Trace-Id", "Root=1-00000000-0000000000000000000000c1;Parent=00000000000000c2;Sampled=1")
private let openTracing = [
    ("ot-tracer-traceid", "00000000000000d1"), ("ot-tracer-spanid", "00000000000000d2"), ("ot-tracer-sampled", "true"),
]
private let datadog = [
    ("x-datadog-trace-id", "225"), ("x-datadog-parent-id", "226"), ("x-datadog-sampling-priority", "1"),
]
private let google = ("X-Cloud-Trace-Context", "000000000000000000000000000000f1/242;o=1")
private let brpc = [("x-bd-trace-id", "257"), ("x-bd-span-id", "258")]
private let sw8 = (
    "sw8",
    "1-NTZhNWUxYzUxOWFlNGM3NmEyYjhiMTFkOTJjZWFkN2YuMTIuMTY1NjM0NzQyOTY0MzAwMDE=-"
        + "NTZhNWUxYzUxOWFlNGM3NmEyYjhiMTFkOTJjZWFkN2YuMTIuMTY1NjM0NzQyOTY0MzAwMDE=-3----"
)
private let all = [google, jaeger, sw8, xray, parent, b3] + openTracing + brpc + datadog

@Suite struct OthersTests {
    @Test func theOrderDecidesAndTheOthersFollowIt() {
        var reader = ContextReader()
        #expect(reader.read(all)?.propagator == .tracecontext)
        #expect(reader.others.map(\.propagator) == [.sw8, .jaeger, .b3, .xray, .ottrace, .datadog, .cloudtrace, .brpc])
        #expect(reader.others[1].context == TraceContext(0, 0xa1, 0xa2, .keep))
        #expect(reader.othersLeftOut == 0)
        for propagator in Propagator.configurable { #expect(reader.counters[propagator, .read] == 1) }

        for propagator in Propagator.configurable {
            let order = [propagator] + Propagator.configurable.reversed()
            var reader = ContextReader(order: order)
            #expect(reader.read(all)?.propagator == propagator)
            #expect(reader.others.map(\.propagator) == order.dropFirst().filter { $0 != propagator })
        }
    }

    @Test func onlyWhatIsConfiguredIsRead() {
        for propagator in Propagator.configurable {
            var reader = ContextReader(order: [propagator])
            #expect(reader.read(all)?.propagator == propagator)
            #expect(reader.others.isEmpty)
            #expect(reader.names == propagator.names)
        }
    }

    @Test func aReadingSaysWhereItStood() {
        var reader = ContextReader()
        for place in [ContextPlace.header, .message, .sqlComment] {
            guard case .one(let reading) = reader.result(of: [parent, b3], at: place) else {
                Issue.record("no context")
                continue
            }
            #expect(reading.place == place)
            #expect(reader.others.map(\.place) == [place])
        }
    }

    @Test func theNextDialectCountsWhereOneIsInvalidOrRepeated() {
        for fields in [[("traceparent", "00-"), jaeger, b3], [parent, parent, jaeger, b3]] {
            var reader = ContextReader()
            #expect(reader.read(fields + [("tracestate", "foo=1")])?.propagator == .jaeger)
            #expect(reader.others.map(\.propagator) == [.b3])
            #expect(reader.state.isEmpty)
            #expect(reader.counters.rejected == 1)
        }
    }

    @Test func theVendorStateIsOfTheContextThatCounts() {
        var reader = ContextReader(order: [.jaeger, .tracecontext])
        #expect(reader.read([parent, ("tracestate", "foo=1"), jaeger])?.propagator == .jaeger)
        #expect(reader.state.isEmpty)
        #expect(reader.read([parent, ("tracestate", "foo=1")])?.propagator == .tracecontext)
        #expect(reader.state == "foo=1")
        #expect(reader.read([parent])?.propagator == .tracecontext)
        #expect(reader.state.isEmpty)
    }

    @Test func theSameSpanInAnotherDialectIsNoOther() {
        var reader = ContextReader()
        let same = [
            parent, ("uber-trace-id", "0af7651916cd43dd8448eb211c80319c:b7ad6b7169203331:0:1"),
            ("b3", "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-d"),
        ]
        #expect(reader.read(same)?.propagator == .tracecontext)
        #expect(reader.others.isEmpty)
        // Nor are two others one twice.
        #expect(reader.read(same + [sw8])?.context.decision == .keep)
        #expect(reader.others.map(\.propagator) == [.sw8])
        #expect(reader.read([sw8] + same.dropFirst())?.propagator == .sw8)
        #expect(reader.others.map(\.propagator) == [.jaeger])
        // Another span of the same trace is.
        #expect(reader.read([parent, ("b3", "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203332-1")]) != nil)
        #expect(reader.others.count == 1)
    }

    @Test(
        arguments: [
            (.sw8, sw8), (.jaeger, jaeger), (.b3, b3), (.xray, xray), (.cloudtrace, google),
            (.ottrace, openTracing[0]), (.ottrace, openTracing[1]), (.ottrace, openTracing[2]), (.datadog, datadog[0]),
            (.datadog, datadog[1]), (.datadog, datadog[2]), (.datadog, ("X-Datadog-Tags", "")), (.brpc, brpc[0]),
            (.brpc, brpc[1]),
        ] as [(Propagator, (String, String))])
    func aHeaderThatIsThereTwiceMakesItsDialectNone(_ propagator: Propagator, _ again: (String, String)) {
        var reader = ContextReader()
        let twice = again.0.hasPrefix("X-Datadog-Tags") ? [again, again] : [again]
        _ = reader.read(all + twice.map { ($0.0.uppercased(), $0.1) })
        #expect(reader.counters[propagator, .repeated] == 1)
        #expect(reader.counters[propagator, .read] == 0)
        #expect(!reader.others.contains { $0.propagator == propagator })
        #expect(reader.others.count == 7)
        // Equal or not, and however many.
        _ = reader.read(all + Array(repeating: (again.0, "bad"), count: 200))
        #expect(reader.counters[propagator, .repeated] == 2)
        #expect(reader.counters.rejected == 2)
    }

    @Test func everyNameIsKnownInAnyCaseAndNothingElseIs() {
        for propagator in Propagator.configurable {
            for name in propagator.names {
                for spelled in [name, name.uppercased(), name.prefix(1).uppercased() + name.dropFirst()] {
                    var reader = ContextReader(order: [propagator])
                    _ = reader.result(of: [(spelled, "\0")])
                    let counted = ContextOutcome.allCases.contains { reader.counters[propagator, $0] > 0 }
                    // Alone, these two say nothing.
                    #expect(counted != ["x-b3-flags", "x-datadog-tags"].contains(name), "\(spelled)")
                }
                var bytes = Array(name.utf8)
                for index in bytes.indices {
                    let byte = bytes[index]
                    for other in [byte ^ 1, byte ^ 0x20, 0] where other | 0x20 != byte | 0x20 || byte < 64 {
                        bytes[index] = other
                        var reader = ContextReader()
                        _ = reader.result(of: [(String(decoding: bytes, as: UTF8.self), "\0")])
                        #expect(reader.counters.rejected == 0, "\(bytes)")
                    }
                    bytes[index] = byte
                }
            }
        }
    }
}
