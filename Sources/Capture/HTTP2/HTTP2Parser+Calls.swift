// gRPC calls.
extension HTTP2Parser {
    /// How early, as a part of it, a timeout may seem to have run out: the caller's clock began before the request's first
    /// byte moved, and the wire has it rounded.
    private static let timeoutShare: UInt64 = 20
    /// The least of that, ns.
    private static let leastTimeoutShare: UInt64 = 5_000_000

    /// Whether a stream is a call: it says so, or, where names could not be known, has gRPC's messages and trailers.
    func isCall(_ stream: HTTP2Stream) -> Bool {
        stream.isGRPC
            || (stream.mayBeGRPC && stream.hasTrailers && stream.requestMessages.isWhole
                && (stream.responseMessages.isWhole || stream.responseMessages.count == 0))
    }

    /// Adds service and method by the path that was kept: `/package.Service/Method`.
    func addCall(to handle: ExchangeHandle, in exchanges: inout ExchangeTable) {
        let path = path.bytes
        guard path.count > 2, path[0] == UInt8(ascii: "/"), let slash = path.lastIndex(of: UInt8(ascii: "/")),
            slash > 1, slash + 1 < path.count
        else {
            // Of gRPC all the same.
            exchanges.add(.service, .requestHeader, value: UnsafeRawBufferPointer(rebasing: path[..<0]), to: handle)
            if path.count > 0 { exchanges.add(.target, .requestHeader, value: path, to: handle) }
            return
        }
        let service = UnsafeRawBufferPointer(rebasing: path[1..<slash])
        exchanges.add(.service, .requestHeader, value: service, to: handle)
        exchanges.add(
            .method, .requestHeader, value: UnsafeRawBufferPointer(rebasing: path[(slash + 1)...]), to: handle)
    }

    /// What was opened as a request turns out to be a call.
    mutating func becomeCall(_ place: Int32, in exchanges: inout ExchangeTable) {
        streams[place].isGRPC = true
        hasCalls = true
        exchanges.add(
            .service, .requestHeader, value: UnsafeRawBufferPointer(start: nil, count: 0), to: streams[place].handle)
    }

    /// Whether a call's time had run out when its caller reset it.
    func hasTimedOut(_ stream: HTTP2Stream, _ exchanges: borrowing ExchangeTable) -> Bool {
        guard stream.timeout > 0 else { return false }
        let elapsed = exchanges.context.point.time &- min(stream.start, exchanges.context.point.time)
        let slack = max(stream.timeout / HTTP2Parser.timeoutShare, HTTP2Parser.leastTimeoutShare)
        return elapsed >= stream.timeout - min(slack, stream.timeout)
    }

    /// Adds a call's status and the number of its messages.
    func endCall(_ stream: HTTP2Stream, in exchanges: inout ExchangeTable) {
        let handle = stream.handle
        exchanges.countMessages(
            stream.requestMessages.isLost ? Exchange.unknownLength : stream.requestMessages.count, from: .requester,
            of: handle)
        exchanges.countMessages(
            stream.responseMessages.isLost ? Exchange.unknownLength : stream.responseMessages.count,
            from: .responder, of: handle)
        guard let status = status(of: stream) else { return }
        addCode(status.name, UInt32(status.code), to: handle, in: &exchanges)
        if status.isError(at: exchanges.context.role) { exchanges.setFailed(handle) }
    }

    /// A call without a status of its own has the one that its caller makes of the response; none where a header that
    /// could not be known may have been it.
    private func status(of stream: HTTP2Stream) -> GRPCStatus? {
        if let status = stream.grpcStatus { return status }
        guard !stream.hasUnknownHeaders, stream.status > 0 else { return nil }
        return GRPCStatus(httpStatus: stream.status)
    }

    /// Adds the name of a code, or its number if it has none.
    func addCode(_ name: StaticString?, _ code: UInt32, to handle: ExchangeHandle, in exchanges: inout ExchangeTable) {
        guard let name else {
            return exchanges.add(.errorCode, .responseHeader, number: UInt64(code), to: handle)
        }
        let bytes = UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        exchanges.add(.errorCode, .responseHeader, value: bytes, to: handle)
    }
}
