/// What came of an attempt: what libcurl and the backend say. Everything from the backend is hostile and bounded.
struct Answer {
    /// Why the attempt failed, for people; nil when the answer is whole.
    var failure: String?
    /// HTTP status of the final response; 0 for none.
    var status = 0
    /// Whether the answer came by HTTP/2.
    var isHTTP2 = false
    /// The headers and trailers that were asked for.
    var headers = AnswerHeaders([])
    /// What of its content type is before any parameter, lower case.
    var contentType = ""
    /// What its Retry-After asks for, as seconds or as a date, ns; nil when it asks for nothing.
    var retryAfter: UInt64?
    /// The first bytes of its body.
    var body = UnsafeRawBufferPointer(start: nil, count: 0)

    /// A content type without its parameters, lower case.
    static func mediaType(_ value: String) -> String {
        ASCIIText.mediaType(value).lowercased()
    }
}
