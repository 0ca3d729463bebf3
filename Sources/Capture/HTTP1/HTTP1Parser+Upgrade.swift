// HTTP/2 after an upgrade (RFC 7540, 3.2): the request that asked for it is answered there, on stream 1.
extension HTTP1Parser {
    /// Takes a header of a response with status 101 in.
    mutating func noteUpgradeToHTTP2(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        guard name.count == 7, value.count == 3, name.map(lowerCase).elementsEqual("upgrade".utf8) else { return }
        if value.map(lowerCase).elementsEqual("h2c".utf8) { response.upgradesToHTTP2 = true }
    }

    /// Hands the connection over; the exchange stays open for its response.
    mutating func changeToHTTP2(left: UInt64, in exchanges: inout ExchangeTable) {
        exchanges.endRequest(response.handle)
        exchanges.surrender = .changed(to: .http2, left: Int(clamping: left))
    }
}
