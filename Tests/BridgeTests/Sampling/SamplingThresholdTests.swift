import Testing

@testable import Bridge
@testable import OTLP

@Suite struct SamplingThresholdTests {
    private func text(_ threshold: SamplingThreshold) -> String {
        threshold.withText { String(decoding: $0, as: UTF8.self) }
    }

    /// Of the specification's table, with four digits.
    @Test(arguments: [
        (1.0, "0"), (0.5, "8"), (1.0 / 3, "aaab"), (0.25, "c"), (0.2, "cccd"), (0.125, "e"), (0.1, "e666"),
        (1.0 / 16, "f"), (0.01, "fd70a"), (0.001, "ffbe77"), (0.0001, "fff9724"), (0.00001, "ffff583a"),
        (0.000001, "ffffef39"),
    ])
    func thresholdsAreThoseOfTheSpecification(_ probability: Double, _ expected: String) {
        #expect(text(SamplingThreshold(probability: probability)) == expected)
    }

    @Test func nothingIsKeptAtZeroAndEverythingAtOne() {
        for ratio in [0, -1, 0x1p-57, .nan] {
            #expect(SamplingThreshold(probability: ratio) == .none)
            #expect(!SamplingThreshold(probability: ratio).keeps(SamplingThreshold.end - 1))
        }
        for ratio in [1, 2, Double.infinity] { #expect(SamplingThreshold(probability: ratio).keeps(0)) }
    }

    @Test func aTextReadsBack() throws {
        for text in ["0", "8", "fd70a", "FD70A", "123456789abcde"] {
            let read = try #require(Array(text.utf8).withUnsafeBytes { SamplingThreshold($0) })
            #expect(self.text(read) == text.lowercased())
        }
        for text in ["", "123456789abcdef", "g", "0x1"] {
            #expect(Array(text.utf8).withUnsafeBytes { SamplingThreshold($0) } == nil)
        }
    }

    @Test func whoKeepsMoreKeepsWhatOthersKeep() {
        let thresholds = (1...100).map { SamplingThreshold(probability: Double($0) / 100) }
        for (less, more) in zip(thresholds, thresholds.dropFirst()) { #expect(more.value <= less.value) }
    }

    @Test func randomnessIsTheLastSevenBytes() {
        #expect(TraceID(high: .max, low: 0xFF12_3456_789A_BCDE).randomness == 0x12_3456_789A_BCDE)
    }

    private func state(_ text: String) -> SamplingState { Array(text.utf8).withUnsafeBytes { SamplingState($0) } }

    @Test func theStateOfOthersIsRead() {
        #expect(state("").threshold == nil)
        let read = state("a=b,ot=k:1;th:8;rv:0123456789abcd,z=th:1")
        #expect(read.threshold.map(text) == "8")
        #expect(read.randomness == 0x0123_4567_89AB_CD)
        // An rv has all its digits.
        #expect(state("ot=rv:1234").randomness == nil)
        #expect(state("ot=th:xyz").threshold == nil)
        #expect(state("bot=th:8,ot@x=th:8").threshold == nil)
    }

    @Test(arguments: [
        ("", "ot=th:8", ""), ("a=b", "ot=th:8,a=b", "a=b"),
        (
            "a=b,ot=k:1;th:c;rv:0123456789abcd,z=1", "ot=th:8;k:1;rv:0123456789abcd,a=b,z=1",
            "ot=k:1;rv:0123456789abcd,a=b,z=1"
        ),
        ("ot=th:c", "ot=th:8", ""),
    ])
    func aThresholdIsWrittenOverAnother(_ former: String, _ expected: String, _ erased: String) {
        func written(_ threshold: SamplingThreshold?) -> String {
            var batch = SpanBatch()
            let range = Array(former.utf8).withUnsafeBytes {
                SamplingState.append($0, threshold: threshold, to: &batch)
            }
            return batch.string(range)
        }
        #expect(written(SamplingThreshold(probability: 0.5)) == expected)
        #expect(written(nil) == erased)
    }
}
