import NIOHPACK

/// The calls of one connection of HTTP/2, without its socket.
struct GRPCCalls {
    /// What the owner of the socket has to do.
    enum Action {
        /// Bring it to the service; the answer goes to ``answered(_:)``.
        case export(ExportRequest, charge: Int)
        /// Answer with these headers alone; if the call's data is still coming, tell the peer to stop.
        case fail(HPACKHeaders, stops: Bool, ExportRefusal?)
        /// There are too many calls: the peer may try again, none of it was looked at.
        case refuseStream
    }

    private enum Call {
        case receiving(Signal, ExportRequest.Compression, GRPCMessage, ReadDeadline)
        /// With the service.
        case waiting
        /// Answered; it is there until the peer has taken the answer.
        case answered(ReadDeadline)
    }

    private var calls: [Int32: Call] = [:]
    private let settings: OTLPReceiverSettings.GRPC

    /// No calls.
    init(settings: OTLPReceiverSettings.GRPC) { self.settings = settings }

    /// Whether there is none.
    var isEmpty: Bool { calls.isEmpty }

    /// Whether a call's data is still wanted.
    func isReceiving(_ id: Int32) -> Bool {
        if case .receiving = calls[id] { true } else { false }
    }

    /// A call begins, or ends with trailers.
    mutating func received(
        _ headers: HPACKHeaders, of id: Int32, ends: Bool, now: UInt64, budget: inout BodyBudget
    ) -> Action? {
        guard calls[id] == nil else { return ends ? receivedEnd(of: id, now: now, budget: &budget) : nil }
        // The peer knows the limit only once it has seen our settings, and may not care.
        guard calls.count < settings.maxConcurrentStreams else { return .refuseStream }
        switch GRPCRoute.read(headers) {
        case .notGRPC(let status): return fail(id, GRPCHeaders.notGRPC(status: status), stops: !ends, now: now)
        case .unimplemented(let message, let hint):
            return fail(id, GRPCHeaders.failed(.unimplemented, message, hint), stops: !ends, now: now)
        case .export(let signal, let compression):
            let deadline = ReadDeadline(timeout: settings.readTimeoutNanoseconds, now: now)
            calls[id] = .receiving(signal, compression, GRPCMessage(limit: settings.maxMessageSize), deadline)
            return ends ? receivedEnd(of: id, now: now, budget: &budget) : nil
        }
    }

    /// Data of a call comes.
    mutating func received(
        _ piece: UnsafeRawBufferPointer, of id: Int32, ends: Bool, now: UInt64, budget: inout BodyBudget
    ) -> Action? {
        guard case .receiving(let signal, let compression, var message, let deadline) = calls[id] else { return nil }
        // So that the message is nobody else's while it grows.
        calls[id] = .waiting
        switch message.append(piece, budget: &budget) {
        case .taken:
            calls[id] = .receiving(signal, compression, message, deadline)
            return ends ? receivedEnd(of: id, now: now, budget: &budget) : nil
        case .refused(let refusal):
            budget.give(message.charge)
            return fail(id, GRPCHeaders.failed(refusal), stops: !ends, now: now, refusal)
        case .notUnary:
            budget.give(message.charge)
            return fail(id, Self.notUnary, stops: !ends, now: now)
        }
    }

    /// The service has decided about a call.
    /// - Returns: false when the call is gone.
    mutating func answered(_ id: Int32, now: UInt64) -> Bool {
        guard case .waiting = calls[id] else { return false }
        calls[id] = .answered(ReadDeadline(timeout: settings.readTimeoutNanoseconds, now: now))
        return true
    }

    /// A call is over, one way or the other.
    /// - Returns: whether it was cut off.
    mutating func closed(_ id: Int32, budget: inout BodyBudget) -> Bool {
        guard case .receiving(_, _, let message, _) = calls.removeValue(forKey: id) else { return false }
        budget.give(message.charge)
        return true
    }

    /// All calls are over.
    /// - Returns: how many were cut off.
    mutating func closeAll(budget: inout BodyBudget) -> Int {
        var aborted = 0
        for id in Array(calls.keys) where closed(id, budget: &budget) { aborted += 1 }
        return aborted
    }

    /// The peer sends nothing more: what is not whole never will be.
    /// - Returns: how many were cut off.
    mutating func inputEnded(budget: inout BodyBudget) -> Int {
        var aborted = 0
        for id in Array(calls.keys) where isReceiving(id) && closed(id, budget: &budget) { aborted += 1 }
        return aborted
    }

    /// Gives up the calls that are overdue.
    /// - Returns: what to do about each; nil: reset it.
    mutating func giveUp(now: UInt64, budget: inout BodyBudget) -> [(id: Int32, action: Action?)] {
        var late: [(id: Int32, action: Action?)] = []
        for (id, call) in calls {
            switch call {
            case .receiving(_, _, let message, let deadline) where deadline.isOver(now: now):
                budget.give(message.charge)
                late.append((id, fail(id, GRPCHeaders.failed(.late), stops: true, now: now, .late)))
            case .answered(let deadline) where deadline.isOver(now: now): late.append((id, nil))
            default: break
            }
        }
        return late
    }

    /// One of gRPC's own rules (statuscodes.md): a unary call has exactly one message.
    private static var notUnary: HPACKHeaders { GRPCHeaders.failed(.unimplemented, "exactly one message was expected") }

    private mutating func receivedEnd(of id: Int32, now: UInt64, budget: inout BodyBudget) -> Action? {
        guard case .receiving(let signal, let compression, let message, _) = calls[id] else { return nil }
        switch message.end(signal: signal, compression: compression) {
        case nil: return fail(id, Self.notUnary, stops: false, now: now)
        case .failure(let refusal):
            budget.give(message.charge)
            return fail(id, GRPCHeaders.failed(refusal), stops: false, now: now, refusal)
        case .success(let request):
            calls[id] = .waiting
            return .export(request, charge: message.charge)
        }
    }

    private mutating func fail(
        _ id: Int32, _ headers: HPACKHeaders, stops: Bool, now: UInt64, _ refusal: ExportRefusal? = nil
    ) -> Action {
        calls[id] = .answered(ReadDeadline(timeout: settings.readTimeoutNanoseconds, now: now))
        return .fail(headers, stops: stops, refusal)
    }
}
