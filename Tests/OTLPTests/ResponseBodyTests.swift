import Testing

@testable import OTLP

@Suite struct ResponseBodyTests {
    private func judge(_ status: Int, json: String) -> Verdict {
        Array(json.utf8).withUnsafeBytes { HTTPBinding.judge(status: status, isJSON: true, body: $0, items: 10) }
    }

    private func judge(_ status: Int, _ bytes: [UInt8]) -> Verdict {
        bytes.withUnsafeBytes { HTTPBinding.judge(status: status, isJSON: false, body: $0, items: 10) }
    }

    @Test func partialSuccessIsReadInBothForms() {
        let expected = Verdict.delivered(rejected: 2, message: "a\u{FFFD}b")
        #expect(judge(200, [0x0A, 7, 0x08, 2, 0x12, 3, 0x61, 0x0A, 0x62]) == expected)
        let members = [#""rejectedSpans":"2""#, #""rejectedSpans" : 2"#]
        for member in members {
            #expect(
                judge(200, json: #"{"x":[1,{"y":null}],"partialSuccess":{\#(member),"errorMessage":"a\nb"},"z":true}"#)
                    == expected)
        }
    }

    @Test func nothingOrNonsenseMeansEverythingWasTaken() {
        let all = Verdict.delivered(rejected: 0, message: "")
        #expect(judge(200, []) == all)
        #expect(judge(202, [0xFF, 0xFF, 0xFF]) == all)
        #expect(judge(200, [0x0A, 0x7F, 0x08]) == all)
        for text in [
            "", "{", "{}", "[]", "nul", #"{"partialSuccess":3}"#, #"{"partialSuccess":{"rejectedSpans":"x"}}"#,
        ] {
            #expect(judge(200, json: text) == all)
        }
        // A negative count.
        #expect(judge(200, [0x0A, 11, 0x08] + [UInt8](repeating: 0xFF, count: 9) + [1]) == all)
        #expect(judge(200, json: String(repeating: "[", count: 100_000)) == all)
        #expect(judge(200, json: #"{"a":"# + String(repeating: "[", count: 100_000)) == all)
    }

    @Test(arguments: 100..<600) func onlyFourStatusesAreTriedAgain(status: Int) {
        switch judge(status, []) {
        case .delivered: #expect((200..<300).contains(status))
        case .retry: #expect([429, 502, 503, 504].contains(status))
        case .refused: #expect(!(200..<300).contains(status) && ![429, 502, 503, 504].contains(status))
        case .startOver: Issue.record("an answer came")
        }
    }

    @Test func retryAfterMeansSomethingWithTwoStatuses() {
        for status in [429, 502, 503, 504] {
            let empty = UnsafeRawBufferPointer(start: nil, count: 0)
            let after: UInt64? = [429, 503].contains(status) ? 7 : nil
            #expect(
                HTTPBinding.judge(status: status, isJSON: false, body: empty, items: 1, retryAfter: 7)
                    == .retry(why: "HTTP \(status)", after: after))
        }
    }

    @Test func theThreeSignalsNameWhatTheyRejectInJSON() {
        for name in ["rejectedSpans", "rejectedDataPoints", "rejectedLogRecords"] {
            #expect(
                judge(200, json: #"{"partialSuccess":{"\#(name)":"3","errorMessage":"x"}}"#)
                    == .delivered(rejected: 3, message: "x"))
        }
    }

    @Test func theReasonIsNamedAndHarmless() {
        #expect(judge(400, [0x12, 3, 0x1B, 0x5B, 0x6D]) == .refused(why: "HTTP 400: \u{FFFD}[m"))
        #expect(
            judge(400, json: #"{"code":3,"message":"\u001b[m \ud83d\ude00 \ud83d"}"#)
                == .refused(why: "HTTP 400: \u{FFFD}[m 😀 \u{FFFD}"))
        #expect(judge(500, json: "<html>") == .refused(why: "HTTP 500"))
    }

    @Test func everyPrefixOfAnAnswerIsSurvived() {
        let text = Array(
            #"{"partialSuccess":{"rejectedSpans":"2","errorMessage":"\ud83d\ude00 \u00e4"},"x":[-1.5e3]}"#.utf8)
        for length in 0..<text.count {
            text[..<length].withUnsafeBytes { _ = HTTPBinding.judge(status: 200, isJSON: true, body: $0, items: 1) }
        }
    }
}
