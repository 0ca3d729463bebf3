import Capture
import Testing

@testable import Correlate

/// Values of a request that reappear in a call, weighted by how rare they are.
@Suite struct ValueEchoTests {
    private static let owner = OwnerKey(ProcessKey(pid: 10, start: 1))
    private static let other = OwnerKey(ProcessKey(pid: 11, start: 1))

    /// A value of a number that is as rare as an id.
    private static func id(_ number: UInt64) -> ValueHash { ValueHash(bits: Mixer.mix(number) & ~15 | 15) }
    /// One that is as rare as a word.
    private static func word(_ number: UInt64) -> ValueHash { ValueHash(bits: Mixer.mix(number) & ~15 | 2) }

    /// Evidence, and what it says.
    private struct Stage: ~Copyable {
        var evidence: EchoEvidence
        var time: UInt64 = 0

        init(_ change: (inout CorrelateOptions) -> Void = { _ in }) {
            var options = CorrelateOptions()
            options.retention = 1000
            change(&options)
            evidence = EchoEvidence(options: options)
        }

        mutating func open(_ request: UInt32, _ values: ValueHash..., of owner: OwnerKey = owner) {
            time += 1
            evidence.opened(request, of: owner, values: ValueHashes(values), at: time)
        }

        mutating func call(_ values: ValueHash..., of owner: OwnerKey = owner, at moment: UInt64? = nil)
            -> [EchoSuggestion]
        {
            time += 1
            var suggestions: [EchoSuggestion] = []
            evidence.suggestions(of: owner, values: ValueHashes(values), at: moment ?? time, into: &suggestions)
            return suggestions
        }
    }

    @Test func idOfOneOpenRequestNamesIt() throws {
        var stage = Stage()
        for request: UInt32 in 0..<8 { stage.open(request, Self.id(UInt64(request))) }
        let found = stage.call(Self.id(100), Self.id(5))
        #expect(found.map(\.request) == [5])
        #expect(try #require(found.first).logOdds > 4)
        #expect(stage.call(Self.id(101)).isEmpty)
    }

    @Test func rarerValuesSayMore() throws {
        var stage = Stage()
        for request: UInt32 in 0..<8 {
            stage.open(request, Self.id(UInt64(request)), Self.word(1000 + UInt64(request)))
        }
        let strong = try #require(stage.call(Self.id(3)).first)
        let weak = try #require(stage.call(Self.word(1003)).first)
        #expect(strong.request == weak.request)
        #expect(weak.logOdds > 0)
        #expect(strong.logOdds > weak.logOdds + 1)
        let both = try #require(stage.call(Self.id(3), Self.word(1003)).first)
        #expect(both.logOdds > strong.logOdds)
        #expect(both.logOdds < strong.logOdds + weak.logOdds)
    }

    @Test func valueThatRequestsShareIsDividedAmongThem() throws {
        var stage = Stage()
        for request: UInt32 in 0..<16 {
            stage.open(request, Self.id(UInt64(request / 4)), Self.id(100 + UInt64(request)))
        }
        let shared = stage.call(Self.id(1))
        #expect(Set(shared.map(\.request)) == [4, 5, 6, 7])
        #expect(Set(shared.map(\.logOdds)).count == 1)
        let alone = try #require(stage.call(Self.id(104)).first)
        #expect(try #require(shared.first).logOdds + 1 < alone.logOdds)
        // What is shared and what is not, together: the one that has both.
        let both = stage.call(Self.id(1), Self.id(105))
        #expect(both.max { $0.logOdds < $1.logOdds }?.request == 5)
    }

    @Test func whatAllRequestsCarrySaysNothing() {
        var stage = Stage()
        for request: UInt32 in 0..<12 { stage.open(request, Self.id(1), Self.id(2), Self.id(3), Self.id(4)) }
        #expect(stage.call(Self.id(1), Self.id(2), Self.id(3), Self.id(4)).isEmpty)
    }

    @Test func constantOfTheCallsSaysNothing() throws {
        var stage = Stage()
        for _ in 0..<200 { _ = stage.call(Self.word(7)) }
        stage.open(0, Self.word(7))
        stage.open(1, Self.word(8))
        #expect(stage.call(Self.word(7)).allSatisfy { $0.logOdds < 0.1 })
        #expect(try #require(stage.call(Self.word(8)).first).logOdds > 1)
    }

    @Test func valuesOfOneProcessSayNothingOfAnother() {
        var stage = Stage()
        stage.open(0, Self.id(1))
        #expect(stage.call(Self.id(1), of: Self.other).isEmpty)
        #expect(stage.call(Self.id(1)).map(\.request) == [0])
    }

    @Test func requestThatCameAfterTheCallIsNone() {
        var stage = Stage()
        stage.open(0, Self.id(1))
        #expect(stage.call(Self.id(1), at: 0).isEmpty)
    }

    @Test func moreValuesOfARequestCountFromWhenTheyAreKnown() {
        var stage = Stage()
        stage.open(0, Self.id(1))
        stage.open(1, Self.id(2))
        #expect(stage.call(Self.id(3)).isEmpty)
        stage.evidence.added(ValueHashes([Self.id(1), Self.id(3)]), to: 0)
        #expect(stage.call(Self.id(3)).map(\.request) == [0])
        stage.evidence.added(ValueHashes([Self.id(4)]), to: 77)
    }

    @Test func requestThatIsOverSaysLessAndThenNothing() throws {
        var stage = Stage()
        stage.open(0, Self.id(1))
        stage.open(1, Self.id(2))
        let open = try #require(stage.call(Self.id(1)).first)
        stage.evidence.closed(0, at: stage.time)
        let closed = try #require(stage.call(Self.id(1)).first)
        #expect(closed.request == 0)
        #expect(closed.logOdds < open.logOdds - 1)
        // The next of the same session has begun: it is the more likely one.
        stage.open(2, Self.id(1))
        let both = stage.call(Self.id(1))
        #expect(both.max { $0.logOdds < $1.logOdds }?.request == 2)
        stage.evidence.forgetExpired(stage.time + 2000)
        #expect(stage.call(Self.id(1)).map(\.request) == [2])
    }

    @Test func forgottenRequestIsNobodysAndItsNumberMayBeAnothers() {
        var stage = Stage()
        stage.open(0, Self.id(1), Self.id(2))
        stage.evidence.forget(0)
        #expect(stage.call(Self.id(1), Self.id(2)).isEmpty)
        stage.open(0, Self.id(3))
        stage.open(0, Self.id(4))
        #expect(stage.call(Self.id(3)).isEmpty)
        #expect(stage.call(Self.id(4)).map(\.request) == [0])
    }

    @Test func valuesThatHaveBeenWrongSayLess() throws {
        var stage = Stage()
        for request: UInt32 in 0..<8 { stage.open(request, Self.id(UInt64(request))) }
        let before = try #require(stage.call(Self.id(3)).first)
        for _ in 0..<400 { stage.evidence.proved(5, for: ValueHashes([Self.id(3)]), of: Self.owner) }
        let wrong = try #require(stage.call(Self.id(3)).first)
        #expect(wrong.logOdds < before.logOdds - 1)
        for _ in 0..<2000 { stage.evidence.proved(3, for: ValueHashes([Self.id(3)]), of: Self.owner) }
        #expect(try #require(stage.call(Self.id(3)).first).logOdds > wrong.logOdds + 1)
        for _ in 0..<400 { stage.evidence.proved(nil, for: ValueHashes([Self.id(3)]), of: Self.owner) }
        #expect(try #require(stage.call(Self.id(3)).first).logOdds < before.logOdds - 1)
    }

    @Test func secondQuestionAboutACallIsNotCounted() {
        var stage = Stage()
        stage.open(0, Self.id(1))
        var suggestions: [EchoSuggestion] = []
        for _ in 0..<100 {
            stage.evidence.suggestions(
                of: Self.owner, values: ValueHashes([Self.word(9)]), at: 5, isFirst: false, into: &suggestions)
        }
        #expect(stage.evidence.values.count == 1)
        #expect(suggestions.isEmpty)
    }

    @Test func tablesKeepTheirBoundsUnderAStorm() {
        var stage = Stage {
            $0.maximumEchoValues = 64
            $0.maximumEchoUses = 32
            $0.maximumExchanges = 16
            $0.maximumProcesses = 2
        }
        var generator = SeededGenerator(seed: 3)
        for step in 0..<20_000 {
            let owner = OwnerKey(ProcessKey(pid: UInt32(step % 5), start: 1))
            let request = UInt32.random(in: 0..<40, using: &generator)
            let hashes = (0..<Int.random(in: 0..<12, using: &generator)).map { _ in
                Self.id(UInt64.random(in: 0..<300, using: &generator))
            }
            stage.time += 1
            switch Int.random(in: 0..<7, using: &generator) {
            case 0, 1, 2: stage.evidence.opened(request, of: owner, values: ValueHashes(hashes), at: stage.time)
            case 3: stage.evidence.closed(request, at: stage.time)
            case 4: stage.evidence.added(ValueHashes(hashes), to: request)
            case 5: stage.evidence.forget(request)
            default:
                var suggestions: [EchoSuggestion] = []
                stage.evidence.suggestions(of: owner, values: ValueHashes(hashes), at: stage.time, into: &suggestions)
                #expect(suggestions.allSatisfy { $0.logOdds > 0 && $0.logOdds <= EchoWeight.most })
                stage.evidence.proved(request, for: ValueHashes(hashes), of: owner)
            }
            if step % 64 == 0 { stage.evidence.forgetExpired(stage.time) }
            #expect(stage.evidence.values.count <= 64 && stage.evidence.uses.count <= 32)
            #expect(stage.evidence.requests.count <= 16 && stage.evidence.owners.count <= 2)
        }
        #expect(stage.evidence.evictions > 0)
        for request: UInt32 in 0..<40 { stage.evidence.forget(request) }
        #expect(stage.evidence.uses.count == 0 && stage.evidence.requests.count == 0)
    }

    @Test func constantsOutliveValuesThatAreSeenOnce() {
        var stage = Stage { $0.maximumEchoValues = 256 }
        for _ in 0..<100 { _ = stage.call(Self.word(7)) }
        for number: UInt64 in 0..<5000 { _ = stage.call(Self.id(1000 + number)) }
        stage.open(0, Self.word(7))
        stage.open(1, Self.word(8))
        let key = EchoValueKey(owner: stage.evidence.owners.reference(to: 0), hash: Self.word(7).bits)
        #expect(stage.evidence.values.find(key).map { stage.evidence.values[$0].isKnown } == true)
    }

    @Test func sameInputGivesTheSame() {
        func run() -> [EchoSuggestion] {
            var stage = Stage()
            var generator = SeededGenerator(seed: 5)
            var all: [EchoSuggestion] = []
            for step in 0..<2000 {
                let hashes = (0..<6).map { _ in Self.id(UInt64.random(in: 0..<64, using: &generator)) }
                stage.time += 1
                if step % 2 == 0 {
                    stage.evidence.opened(
                        UInt32(step % 64), of: Self.owner, values: ValueHashes(hashes), at: stage.time)
                } else {
                    stage.evidence.suggestions(
                        of: Self.owner, values: ValueHashes(hashes), at: stage.time, into: &all)
                }
            }
            return all
        }
        #expect(run() == run())
        #expect(!run().isEmpty)
    }

    @Test func hashesComeFromAnExchangesField() {
        var buffer = FieldBuffer()
        let hashes = (0..<UInt64(FieldBuffer.maximumHashes)).map { Self.id($0).bits }
        buffer.append(.method, .requestHeader, value: UnsafeRawBufferPointer(start: nil, count: 0))
        hashes.withUnsafeBytes { buffer.append(.values, .requestHeader, value: $0) }
        var exchange = Exchange(
            end: ExchangeEnd(id: ExchangeID(high: 1, low: 2), role: .server), protocol: .http1, socket: 1,
            process: .none,
            local: Endpoint(ipv4: 1, port: 1), peer: Endpoint(ipv4: 2, port: 2), requestStart: ExecutionPoint(time: 1))
        exchange.fields = FieldRange(start: 0, count: 2)
        let found = ValueHashes(of: exchange, in: buffer)
        #expect((0..<found.count).map { found[$0].bits } == hashes)
        exchange.fields = FieldRange(start: 0, count: 1)
        #expect(ValueHashes(of: exchange, in: buffer).count == 0)
    }
}
