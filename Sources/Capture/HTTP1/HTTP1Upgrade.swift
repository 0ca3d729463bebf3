/// What a message's `Upgrade` header names (RFC 9110, 7.8).
enum HTTP1Upgrade {
    /// There is none.
    case none
    /// WebSocket (RFC 6455).
    case webSocket
    /// Anything else.
    case other

    /// The protocol that a header's value names.
    init(_ value: UnsafeRawBufferPointer) { self = equals(value, "websocket") ? .webSocket : .other }
}
