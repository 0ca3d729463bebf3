import Capture
import Testing

@testable import Correlate

@Suite struct OperationTests {
    private func hash(
        _ fields: [(FieldKey, String)], _ role: Role = .client, port: UInt16 = 80, own: UInt16 = 50_000
    ) -> UInt64 {
        let id = ExchangeID(connection: ConnectionIdentity(kind: .tcp, requester: 1, responder: 2), requestOffset: 0)
        var exchange = Exchange(
            end: ExchangeEnd(id: id, role: role), protocol: .http1, socket: 1, process: .none,
            local: Endpoint(ipv4: 1, port: role == .client ? own : port),
            peer: Endpoint(ipv4: 2, port: role == .client ? port : own), requestStart: ExecutionPoint(time: 1))
        var buffer = FieldBuffer()
        for (key, value) in fields {
            var value = value
            value.withUTF8 { buffer.append(key, .requestHeader, value: UnsafeRawBufferPointer($0)) }
        }
        exchange.fields = FieldRange(start: 0, count: UInt32(fields.count))
        return Operation.hash(of: exchange, in: buffer)
    }

    @Test func whatVariesIsLeftOut() {
        let one = hash([(.method, "GET"), (.target, "/orders/17/items?page=2")])
        #expect(one == hash([(.method, "GET"), (.target, "/orders/8/items?page=3&x=y")]))
        #expect(one == hash([(.method, "GET"), (.target, "/orders/8f3c-11/items")]))
        #expect(one == hash([(.method, "GET"), (.target, "/orders/17/items")], own: 50_001))
    }

    @Test func whatIsDoneIsNot() {
        let one = hash([(.method, "GET"), (.target, "/orders/17")])
        #expect(one != hash([(.method, "POST"), (.target, "/orders/17")]))
        #expect(one != hash([(.method, "GET"), (.target, "/users/17")]))
        #expect(one != hash([(.method, "GET"), (.target, "/orders/17")], port: 81))
        #expect(one != hash([(.method, "GET"), (.target, "/orders/17")], .server))
        #expect(hash([(.operation, "a")]) != hash([(.operation, "b")]))
    }

    @Test func statementsAreOneWhateverTheirValues() {
        let one = hash([(.statement, "SELECT * FROM t WHERE id = 17 AND name = 'x''y'")])
        #expect(one == hash([(.statement, "select * from t where id = 4 and name = 'another'")]))
        #expect(one != hash([(.statement, "SELECT * FROM u WHERE id = 17 AND name = 'x'")]))
    }

    @Test(arguments: ["", "/", "?", "////", "'", "\"'\"", String(repeating: "/1", count: 5_000)])
    func anythingHasAHash(_ text: String) {
        #expect(hash([(.target, text)]) == hash([(.target, text)]))
        #expect(hash([(.statement, text)]) == hash([(.statement, text)]))
    }
}
