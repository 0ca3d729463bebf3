import Propagation
import Testing

private let id = "ZGU1OTgwYjhmY2UzNGEzN2FhYjliNGFjM2FmN2VlZGQ="
private let seeds: [(String, String)] = [
    ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), ("tracestate", "a=1,b=2"),
    ("sw8", "1-\(id)-\(id)-3-YQ==-Yg==-L3g=-MToy"), ("uber-trace-id", "a1:a2:0:3"),
    ("uber-trace-id", "a1%3Aa2%3A0%3A1"),
    ("b3", "00000000000000b1-00000000000000b2-d-00000000000000b3"), ("x-b3-traceid", "00000000000000b1"),
    ("x-b3-spanid", "00000000000000b2"), ("x-b3-sampled", "true"), ("x-b3-flags", "1"),
    ("x-amzn-trace-id", "Root=1-463ac35c-9f6413ad48485a3953bb6124;Parent=53995c3f42cd8ad8;Sampled=1"),
    ("ot-tracer-traceid", "00000000000000d1"), ("ot-tracer-spanid", "00000000000000d2"), ("ot-tracer-sampled", "false"),
    ("x-datadog-trace-id", "18446744073709551615"), ("x-datadog-parent-id", "226"),
    ("x-datadog-sampling-priority", "-1"), ("x-datadog-tags", "_dd.p.tid=463ac35c9f6413ad,a=b"),
    ("x-cloud-trace-context", "463ac35c9f6413ad48485a3953bb6124/242;o=1"), ("x-bd-trace-id", "257"),
    ("x-bd-span-id", "258"), ("x-trace", "0af76519-16cd-43dd-8448-eb211c80319c"), ("x-span", "00000000000000e2"),
]

@Suite struct MutationTests {
    /// Whatever a message has: no trap, no id of zero, nothing listed twice, no bound exceeded, every field accounted for.
    @Test func brokenFieldsNeverBreakTheRules() {
        var random = SeededGenerator(seed: 3)
        var reader = ContextReader(keys: ContextKeys(traceID: ["x-trace"], spanID: ["x-span"]))
        var results = (none: 0, one: 0, several: 0)
        for _ in 0..<20_000 {
            let isBatch = Bool.random(using: &random)
            let fields = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                let seed = seeds.randomElement(using: &random) ?? seeds[0]
                let part = isBatch ? UInt16.random(in: 0...3, using: &random) : 0
                return (part, seed.0, mutate(seed.1, using: &random))
            }
            let before = reader.counters
            let result = reader.result(of: fields)
            var all = reader.others
            switch result {
            case .none: results.none += 1
            case .one(let main):
                results.one += 1
                all.append(main)
            case .several: results.several += 1
            }
            for reading in all {
                #expect(reading.context.traceHigh | reading.context.traceLow != 0)
                #expect(reading.context.spanID != 0 || [.xray, .sw8, .keys].contains(reading.propagator))
            }
            #expect(Set(all.map { [$0.context.traceHigh, $0.context.traceLow, $0.context.spanID] }).count == all.count)
            #expect(result == .none ? all.isEmpty : !all.isEmpty)
            #expect(result != .several || all.count >= 2)
            let read = Propagator.allCases.reduce(0) { $0 + reader.counters[$1, .read] - before[$1, .read] }
            #expect(read >= all.count)
            #expect(isBatch || read <= all.count + 9)
        }
        #expect(results.none > 1_000 && results.one > 5_000 && results.several > 1_000)
    }

    private func mutate(_ value: String, using random: inout SeededGenerator) -> String {
        guard Int.random(in: 0..<3, using: &random) == 0 else { return value }
        var bytes = Array(value.utf8)
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let index = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes.insert(.random(in: 0...0x7F, using: &random), at: index)
            case 1 where index < bytes.count: bytes.remove(at: index)
            case 2: bytes = Array(bytes.prefix(index))
            default: bytes.insert(contentsOf: "0-=:;/%3A".utf8.prefix(index), at: index)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// They are read in one go: if they were not, this would not end for hours.
    @Test func longValuesTakeNoLongerThanReadingThem() {
        var reader = ContextReader(keys: ContextKeys(traceID: ["x-trace"], spanID: ["x-span"]))
        for (name, value) in seeds {
            for filler in ["0", "%3A", "a=b,"] {
                let long = value + String(repeating: filler, count: 100_000)
                _ = reader.result(of: [(name, long), ("b3", "")])
            }
        }
        #expect(reader.counters[.b3, .repeated] == 3)
    }

    @Test func twoHundredContextsOnOneMessageAreNone() {
        var reader = ContextReader()
        for (name, value) in seeds.dropLast(2) where name != "tracestate" {
            #expect(reader.result(of: Array(repeating: (name, value), count: 200)) == .none)
        }
        #expect(Propagator.configurable.allSatisfy { reader.counters[$0, .repeated] > 0 })
        #expect(Propagator.configurable.allSatisfy { reader.counters[$0, .read] == 0 })
    }
}
