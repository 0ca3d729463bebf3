import Testing

@testable import Capture

/// Requests are named by the offset of their first byte, which their exchange has kept.
@Suite struct InOrderPairingTests {
    private final class Connection {
        var table = ExchangeTable.ofOneConnection()
        var pairing: InOrderPairing
        var handles: [UInt64: ExchangeHandle] = [:]
        var time: UInt64 = 1_000_000

        init(atBeginning: Bool) { pairing = InOrderPairing(atBeginning: atBeginning) }

        /// A request, named by a number; whether it is followed.
        @discardableResult
        func request(_ name: UInt64, after pause: UInt64 = 1000) -> Bool {
            time += pause
            table.move(to: time)
            let handle = pairing.begin(offset: name, in: &table)
            guard handle != .none else { return false }
            handles[name] = handle
            table.open(handle)
            table.endRequest(handle)
            return true
        }

        /// A whole response; the request whose it is.
        func response(after pause: UInt64 = 1000) -> UInt64? {
            time += pause
            table.move(to: time)
            let handle = pairing.response(in: &table)
            guard let name = handles.first(where: { $0.value == handle })?.key else { return nil }
            table.beginResponse(handle, at: table.context.point)
            table.endResponse(handle)
            pairing.answered()
            return name
        }

        func lost(_ reason: LossReason) -> UInt64 { table.losses.total[reason] }
    }

    @Test func pipelinedRequestsAreAnsweredInTheirOrder() {
        let connection = Connection(atBeginning: true)
        for name in UInt64(1)...3 { #expect(connection.request(name)) }
        #expect(connection.pairing.outstanding == 3)
        #expect(connection.response() == 1)
        #expect(connection.request(4))
        for name in UInt64(2)...4 { #expect(connection.response() == name) }
        #expect(connection.pairing.outstanding == 0)
        #expect(connection.lost(.unpaired) == 0)
        #expect(connection.lost(.orphanResponse) == 0)
    }

    @Test func theResponseOfARequestNobodySawIsNobodys() {
        let connection = Connection(atBeginning: false)
        #expect(connection.response() == nil)
        #expect(connection.lost(.orphanResponse) == 1)
        #expect(connection.request(1))
        #expect(connection.response() == 1)
    }

    @Test func oneResponseMayBeMissedBetweenRequestsThatWait() {
        let connection = Connection(atBeginning: true)
        connection.request(1)
        connection.pairing.lostResponses(in: &connection.table)
        #expect(connection.pairing.outstanding == 0)
        // Whatever comes now may be the rest of what was missed.
        #expect(connection.response() == nil)
        #expect(connection.request(2))
        #expect(connection.response() == 2)
    }

    @Test func whoeverSendsAheadIsNotBelievedUntilASilence() {
        let connection = Connection(atBeginning: true)
        connection.request(1)
        connection.request(2)
        connection.pairing.lostResponses(in: &connection.table)
        #expect(!connection.request(3))
        #expect(connection.lost(.unpaired) == 1)
        #expect(connection.response() == nil)
        #expect(!connection.request(4))
        #expect(connection.response() == nil)
        #expect(connection.request(5, after: 300_000_000))
        #expect(connection.response() == 5)
    }

    @Test func requestsThatAreOutstandingAreAnsweredBeforeThoseThatWereMissed() {
        let connection = Connection(atBeginning: true)
        connection.request(1)
        connection.request(2)
        connection.pairing.lostRequests()
        #expect(!connection.request(4))
        #expect(connection.response() == 1)
        #expect(connection.response() == 2)
        // Of the missed one, or of the fourth: nobody can tell.
        #expect(connection.response() == nil)
        #expect(connection.response() == nil)
    }

    @Test func aRequestThatGetsNoResponseIsNotWaitedFor() {
        let connection = Connection(atBeginning: true)
        connection.request(1)
        if let handle = connection.handles[1] { connection.table.close(handle, .noResponse) }
        connection.pairing.withdrawn()
        connection.request(2)
        #expect(connection.response() == 2)
    }

    @Test func whereThereIsNoRoomResponsesKeepTheirRequests() {
        let connection = Connection(atBeginning: true)
        let room = UInt64(ExchangeTable.maximumPerConnection)
        for name in 0..<room { #expect(connection.request(name)) }
        #expect(!connection.request(room))
        #expect(connection.lost(.tableFull) == 1)
        for name in 0..<room { #expect(connection.response() == name) }
        // The answer to the one there was no room for.
        #expect(connection.response() == nil)
    }
}
