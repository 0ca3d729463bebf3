// HTTP/2 after an upgrade (RFC 7540, 3.2): the request that asked for it is answered there, on stream 1.
extension HTTP1Parser {
    /// Hands the connection over; the exchange stays open for its response.
    mutating func changeToHTTP2(left: UInt64, in exchanges: inout ExchangeTable) {
        exchanges.endRequest(response.handle)
        exchanges.surrender = .changed(to: .http2, left: Int(clamping: left))
    }
}
