/// What an answer of a backend means for the request.
enum HTTPVerdict: Equatable {
    /// Taken, but for so many spans; the message is for people.
    case delivered(rejected: Int, message: String)
    /// Not now.
    case retry(why: String)
    /// Never.
    case refused(why: String)

    /// Reads an answer by OTLP/HTTP's rules.
    /// - Parameters:
    ///   - status: of the final response.
    ///   - isJSON: whether the body is JSON; protobuf otherwise.
    ///   - body: its first bytes; hostile.
    ///   - items: how many were sent.
    static func judge(status: Int, isJSON: Bool, body: UnsafeRawBufferPointer, items: Int) -> HTTPVerdict {
        if (200..<300).contains(status) {
            let answer = isJSON ? ResponseBody.partialSuccess(json: body) : ResponseBody.partialSuccess(protobuf: body)
            let rejected = min(max(answer.rejected, 0), Int64(items))
            return .delivered(rejected: Int(rejected), message: answer.message)
        }
        let message = isJSON ? ResponseBody.statusMessage(json: body) : ResponseBody.statusMessage(protobuf: body)
        let why = message.isEmpty ? "HTTP \(status)" : "HTTP \(status): \(message)"
        switch status {
        case 429, 502, 503, 504: return .retry(why: why)
        default: return .refused(why: why)
        }
    }
}
