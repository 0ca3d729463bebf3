/// What a peer is told about its request, before it is put into words of HTTP or gRPC.
enum ExportAnswer: Sendable, Equatable {
    /// It was taken, but for so many items; the message says why those were not, or is empty.
    case taken(rejected: Int, message: String)
    /// It was not.
    case refused(ExportRefusal)
}

/// Why a request was not taken.
enum ExportRefusal: Error, Sendable, Equatable {
    /// It cannot be parsed.
    case malformed(String)
    /// It has more bytes than that.
    case tooLarge(limit: Int)
    /// Too much is in flight, from this peer or others.
    case busy
    /// The queues are full.
    case full(retryAfterSeconds: Int)
    /// No pipeline takes this signal.
    case noPipeline(Signal)
    /// It did not come in time.
    case late

    /// For people.
    var message: String {
        switch self {
        case .malformed(let why): "the request cannot be read: \(why)"
        case .tooLarge(let limit): "the request is larger than \(limit) bytes"
        case .busy: "too many bytes of requests are in flight"
        case .full: "the queue is full"
        case .noPipeline(let signal): "no pipeline takes \(signal)"
        case .late: "the request did not come in time"
        }
    }

    /// A number of `google.rpc.Code`.
    var code: GRPCStatus {
        switch self {
        case .malformed: .invalidArgument
        // Without RetryInfo, which tells clients that it will be too large the next time as well.
        case .tooLarge: .resourceExhausted
        // UNAVAILABLE is retried by every client; RESOURCE_EXHAUSTED only by those that look for RetryInfo.
        case .busy, .full: .unavailable
        case .noPipeline: .unimplemented
        case .late: .deadlineExceeded
        }
    }

    /// After how many seconds to try again. Nil: not at all, or whenever the client likes.
    var retryAfterSeconds: Int? {
        switch self {
        case .busy: 1
        case .full(let seconds): min(max(seconds, 1), 3600)
        default: nil
        }
    }
}
