/// OTLP/HTTP or OTLP/gRPC: how a request is framed and what an answer means. Everything else is the same for both.
protocol ProtocolBinding: Sendable {
    /// What all requests have in common.
    var options: RequestOptions { get }
    /// How a request is written.
    var encoding: TelemetryEncoding { get }
    /// Whether it is compressed with gzip.
    var isCompressed: Bool { get }
    /// What a request should not be larger than, before compression, bytes. One that is gets split where it can be.
    var largestRequest: Int { get }
    /// Headers and trailers of an answer that ``judge(_:items:)`` wants to see, lower case.
    var answerHeaders: [String] { get }
    /// Bytes in front of every request's body, which ``frame(_:)`` fills in.
    var prefixLength: Int { get }

    /// Completes a request's body, whose first ``prefixLength`` bytes say nothing yet. False: it cannot be sent.
    func frame(_ body: ByteBuffer) -> Bool
    /// What an attempt that has ended means.
    /// - Parameter items: how many were sent.
    func judge(_ answer: Answer, items: Int) -> Verdict
}
