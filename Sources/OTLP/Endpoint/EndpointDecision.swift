import NIOHTTP1

/// What is to be done with the head of a request.
enum EndpointDecision: Equatable {
    /// It makes sense: whoever knows answers it.
    case ask(EndpointRequest, hasBody: Bool)
    /// It is answered already.
    case answered(EndpointAnswer, hasBody: Bool)

    /// Decides by RFC 9110 and RFC 9112. Everything in the head is hostile.
    static func make(_ head: HTTPRequestHead) -> EndpointDecision {
        let hasBody = head.method != .HEAD
        guard head.method == .GET || head.method == .HEAD else {
            return .answered(EndpointAnswer(status: 405, text: "GET or HEAD was expected"), hasBody: hasBody)
        }
        // RFC 9112, section 3.2: one that lacks it, or has two, may mean different things to others on the way.
        guard head.version.major == 1, head.headers["host"].count == 1 || head.version.minor == 0 else {
            return .answered(EndpointAnswer(status: 400, text: "one Host was expected"), hasBody: hasBody)
        }
        guard let path = path(of: head.uri) else {
            return .answered(EndpointAnswer(status: 400, text: "a path was expected"), hasBody: hasBody)
        }
        let accept = head.headers["accept"].joined(separator: ",")
        return .ask(EndpointRequest(path: path, accept: accept), hasBody: hasBody)
    }

    /// The path of a target in origin form or absolute form (RFC 9112, section 3.2); nil of anything else.
    private static func path(of target: String) -> String? {
        var rest = target[...]
        if !rest.hasPrefix("/") {
            let lower = rest.prefix(8).lowercased()
            guard lower.hasPrefix("http://") || lower.hasPrefix("https://"), let start = rest.firstRange(of: "://")
            else {
                return nil
            }
            rest = rest[start.upperBound...].drop { $0 != "/" && $0 != "?" && $0 != "#" }
        }
        let path = rest.prefix { $0 != "?" && $0 != "#" }
        return path.isEmpty ? "/" : String(path)
    }
}
