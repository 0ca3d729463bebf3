/// What a message's `Upgrade` header names (RFC 9110, 7.8).
enum HTTP1Upgrade {
    /// There is none.
    case none
    /// WebSocket (RFC 6455).
    case webSocket
    /// HTTP/2 without TLS (RFC 7540, 3.2).
    case http2
    /// Anything else.
    case other

    /// The protocol that a header's value names.
    init(_ value: UnsafeRawBufferPointer) {
        self = equals(value, "websocket") ? .webSocket : equals(value, "h2c") ? .http2 : .other
    }
}
