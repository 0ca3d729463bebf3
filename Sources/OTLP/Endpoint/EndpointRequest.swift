/// What somebody asks an ``EndpointServer`` for: by GET or HEAD, which differ only in what is sent back.
public struct EndpointRequest: Sendable, Equatable {
    /// The path, as it was written, without its query.
    public var path: String
    /// What the peer would take (RFC 9110, section 12.5.1); empty when it does not say.
    public var accept = ""

    /// A request.
    public init(path: String, accept: String = "") {
        self.path = path
        self.accept = accept
    }
}
