import Testing

@testable import OTLP

/// What answers of gRPC servers mean.
@Suite struct GRPCBindingTests {
    private func binding(_ change: (inout OTLPGRPCSettings) -> Void = { _ in }) throws -> GRPCBinding {
        var settings = OTLPGRPCSettings(endpoint: "http://localhost:4317")
        change(&settings)
        return try GRPCBinding(settings, .traces)
    }

    private func judge(
        _ headers: [String] = [], http: Int = 200, failure: String? = nil, isHTTP2: Bool = true,
        type: String = "", body: [UInt8] = [], items: Int = 10
    ) throws -> Verdict {
        let binding = try binding()
        var answer = Answer()
        answer.status = http
        answer.failure = failure
        answer.isHTTP2 = isHTTP2
        answer.contentType = type
        answer.headers = AnswerHeaders(binding.answerHeaders)
        for line in headers { Array((line + "\r\n").utf8).withUnsafeBytes { answer.headers.take($0) } }
        return body.withUnsafeBytes {
            answer.body = $0
            return binding.judge(answer, items: items)
        }
    }

    /// google.rpc.Status with these details.
    private func status(_ details: [(type: String, value: [UInt8])]) -> [UInt8] {
        func field(_ number: UInt8, _ body: [UInt8]) -> [UInt8] { [number << 3 | 2, UInt8(body.count)] + body }
        return details.reduce([8, 14]) { $0 + field(3, field(1, Array($1.type.utf8)) + field(2, $1.value)) }
    }

    private func base64(_ bytes: [UInt8], padded: Bool = false) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0...group.count { text.append(digits[bits >> (18 - 6 * place) & 63]) }
            if padded { text += String(repeating: "=", count: 3 - group.count) }
        }
        return text
    }

    private let retryInfo = "type.googleapis.com/google.rpc.RetryInfo"

    @Test(arguments: GRPCStatus.allCases) func onlySomeCodesAreTriedAgain(status: GRPCStatus) throws {
        let retried: [GRPCStatus] = [.cancelled, .deadlineExceeded, .aborted, .outOfRange, .unavailable, .dataLoss]
        let verdict = try judge(["grpc-status: \(status.rawValue)", "grpc-message: so"])
        switch status {
        case .ok: #expect(verdict == .delivered(rejected: 0, message: ""))
        case _ where retried.contains(status): #expect(verdict == .retry(why: "\(status.name): so"))
        default: #expect(verdict == .refused(why: "\(status.name): so"))
        }
    }

    @Test func codesAreThoseOfTheSpecification() {
        #expect(GRPCStatus.allCases.map(\.rawValue) == Array(0...16))
        #expect(GRPCStatus(header: "14") == .unavailable)
        for value in ["17", "-1", "", "abc", "99999999999999999999"] { #expect(GRPCStatus(header: value) == .unknown) }
    }

    @Test func exhaustedIsTriedAgainWhenTheBackendSaysWhen() throws {
        let code = "grpc-status: 8"
        let why = "RESOURCE_EXHAUSTED"
        for padded in [false, true] {
            // 1.5 s.
            let details = base64(status([(retryInfo, [10, 8, 8, 1, 16, 128, 202, 181, 238, 1])]), padded: padded)
            #expect(
                try judge([code, "grpc-status-details-bin: \(details)"]) == .retry(why: why, after: 1_500_000_000))
        }
        let other = base64(status([("type.googleapis.com/google.rpc.DebugInfo", [])]))
        #expect(try judge([code, "grpc-status-details-bin: \(other)"]) == .refused(why: why))
        let without = base64(status([("x/y", []), (retryInfo, [])]))
        #expect(try judge([code, "grpc-status-details-bin: \(without)"]) == .retry(why: why, after: 0))
        #expect(try judge([code]) == .refused(why: why))
    }

    @Test func aDelayCountsForEveryCodeThatIsTriedAgainAndNoOther() throws {
        let details = "grpc-status-details-bin: " + base64(status([(retryInfo, [10, 2, 8, 3])]))
        #expect(try judge(["grpc-status: 14", details]) == .retry(why: "UNAVAILABLE", after: 3_000_000_000))
        #expect(try judge(["grpc-status: 3", details]) == .refused(why: "INVALID_ARGUMENT"))
    }

    @Test func strangeDelaysAreHarmless() throws {
        let most: [UInt8] = [255, 255, 255, 255, 255, 255, 255, 255, 127]
        let negative: [UInt8] = [255, 255, 255, 255, 255, 255, 255, 255, 255, 1]
        let delays: [([UInt8], UInt64)] = [
            ([10, 10, 8] + most, .max), ([10, 11, 8] + negative, 0), ([10, 11, 16] + negative, 0), ([10, 0], 0),
        ]
        for (value, expected) in delays {
            let details = base64(status([(retryInfo, value)]))
            #expect(
                try judge(["grpc-status: 14", "grpc-status-details-bin: \(details)"])
                    == .retry(why: "UNAVAILABLE", after: expected))
        }
    }

    @Test func everyChangedByteOfTheDetailsIsSurvived() throws {
        let bytes = status([(retryInfo, [10, 8, 8, 1, 16, 128, 202, 181, 238, 1])])
        var delays = 0
        for index in bytes.indices {
            for change in [0x00, 0x01, 0x7F, 0x80, 0xFF] as [UInt8] {
                var changed = bytes
                changed[index] ^= change
                for length in [bytes.count, index] {
                    let details = base64(Array(changed[..<length]))
                    let verdict = try judge(["grpc-status: 8", "grpc-status-details-bin: \(details)"])
                    if case .retry = verdict {
                        delays += 1
                    } else {
                        #expect(verdict == .refused(why: "RESOURCE_EXHAUSTED"))
                    }
                }
            }
        }
        #expect(delays >= bytes.count)
    }

    @Test func anAnswerOfAnotherServerIsReadByItsHTTPStatus() throws {
        let expected: [Int: Verdict] = [
            400: .refused(why: "HTTP 400, INTERNAL"), 401: .refused(why: "HTTP 401, UNAUTHENTICATED"),
            403: .refused(why: "HTTP 403, PERMISSION_DENIED"), 404: .refused(why: "HTTP 404, UNIMPLEMENTED"),
            429: .retry(why: "HTTP 429, UNAVAILABLE"), 502: .retry(why: "HTTP 502, UNAVAILABLE"),
            503: .retry(why: "HTTP 503, UNAVAILABLE"), 504: .retry(why: "HTTP 504, UNAVAILABLE"),
        ]
        for status in 100..<600 {
            #expect(try judge(http: status) == expected[status] ?? .refused(why: "HTTP \(status), UNKNOWN"))
        }
        // gRPC's own word counts for more.
        #expect(try judge(["grpc-status: 14"], http: 404) == .retry(why: "UNAVAILABLE"))
    }

    @Test func aStatusCountsEvenIfTheStreamWasThenReset() throws {
        #expect(try judge(["grpc-status: 8"], failure: "broken") == .refused(why: "RESOURCE_EXHAUSTED"))
        #expect(try judge(failure: "broken") == .retry(why: "broken"))
    }

    @Test func anAnswerThatEndsBeforeItsStatusIsTriedAgain() throws {
        #expect(try judge(type: "application/grpc+proto") == .retry(why: "an answer without a status"))
        #expect(try judge(type: "text/html") == .refused(why: "HTTP 200, UNKNOWN"))
    }

    @Test func aServerThatSpeaksHTTP1IsNotBelieved() throws {
        #expect(try judge(isHTTP2: false) == .retry(why: "HTTP 200, but not by HTTP/2"))
        #expect(try judge(http: 400, isHTTP2: false) == .retry(why: "HTTP 400, but not by HTTP/2"))
    }

    @Test func partialSuccessIsReadFromTheMessage() throws {
        let message: [UInt8] = [0x0A, 7, 0x08, 2, 0x12, 3, 0x61, 0x0A, 0x62]
        let ok = ["grpc-status: 0"]
        let partial = Verdict.delivered(rejected: 2, message: "a\u{FFFD}b")
        #expect(try judge(ok, body: [0, 0, 0, 0, 9] + message) == partial)
        #expect(try judge(ok, body: [0, 0, 0, 0, 9] + message + [1, 2]) == partial)
        #expect(
            try judge(ok, body: [0, 0, 0, 0, 9] + message, items: 1) == .delivered(rejected: 1, message: "a\u{FFFD}b"))
        // Cut, compressed, longer than it is, or none.
        let all = Verdict.delivered(rejected: 0, message: "")
        for length in 0..<14 { #expect(try judge(ok, body: Array(([0, 0, 0, 0, 9] + message)[..<length])) == all) }
        #expect(try judge(ok, body: [1, 0, 0, 0, 9] + message) == all)
        #expect(try judge(ok, body: [0, 255, 255, 255, 255] + message) == all)
    }

    @Test func messagesAreForPeopleAndHarmless() throws {
        #expect(
            try judge(["grpc-status: 3", "grpc-message: %E2%82%AC%1b[m%"])
                == .refused(why: "INVALID_ARGUMENT: €\u{FFFD}[m%"))
        #expect(try judge(["grpc-status: 3", "grpc-message: 100%zz%4"]) == .refused(why: "INVALID_ARGUMENT: 100%zz%4"))
    }

    @Test func theRequestSaysHowLongItIsAndWhetherItIsCompressed() throws {
        for (compression, flag) in [(Compression.gzip, UInt8(1)), (.none, 0)] {
            let binding = try binding { $0.compression = compression }
            let body = ByteBuffer()
            for _ in 0..<(5 + 0x10203) { body.append(7) }
            #expect(binding.frame(body))
            #expect(Array(body.bytes.prefix(6)) == [flag, 0, 1, 2, 3, 7])
            #expect(binding.options.headers.contains("grpc-encoding: gzip") == (compression == .gzip))
        }
    }

    @Test func timeoutsHaveAtMostEightDigits() {
        #expect(GRPCText.timeout(nanoseconds: 10_000_000_000) == "10000m")
        #expect(GRPCText.timeout(nanoseconds: 0) == "1m")
        #expect(GRPCText.timeout(nanoseconds: 99_999_999_000_000) == "99999999m")
        #expect(GRPCText.timeout(nanoseconds: 100_000_001_000_000) == "100001S")
        #expect(GRPCText.timeout(nanoseconds: .max) == "99999999S")
    }

    @Test func base64IsReadWithAndWithoutPadding() {
        for length in 0..<20 {
            let bytes = (0..<length).map { UInt8($0 * 37 & 255) }
            #expect(GRPCText.binary(base64(bytes)) == bytes)
            #expect(GRPCText.binary(base64(bytes, padded: true)) == bytes)
        }
        #expect(GRPCText.binary("AAE=,AAI=") == [0, 1])
        for text in ["A", "AAAAA", "A=A", "A.", "é", " AA"] { #expect(GRPCText.binary(text) == nil) }
    }
}
