import Testing

@testable import Bridge

@Suite struct RouteTableTests {
    private var table = RouteTable()

    private mutating func route(_ path: String, of key: UInt64, learns: Bool = true, now: UInt64 = 0) -> String? {
        var route: [UInt8] = []
        let isKnown = Array(path.utf8).withUnsafeBytes {
            table.write($0, of: key, learns: learns, now: now, to: &route)
        }
        return isKnown ? String(decoding: route, as: UTF8.self) : nil
    }

    @Test mutating func servicesHaveRoutesOfTheirOwn() {
        #expect(route("/a", of: 1) == "/a")
        #expect(route("/a", of: 2, learns: false) == nil && table.counters.services == 1)
    }

    @Test mutating func tooManyServicesHaveNone() {
        for key in 0..<UInt64(RouteTable.maximumServices) { #expect(route("/a", of: key, now: 10) == "/a") }
        #expect(route("/a", of: 1 << 40, now: 10 + RouteTable.idle - 1) == nil)
        #expect(table.counters.refused == 1)
        _ = route("/a", of: 0, now: 20)
        #expect(route("/a", of: 1 << 40, now: 10 + RouteTable.idle) == "/a", "in the place of one that is idle")
        #expect(route("/a", of: 0, learns: false) == "/a", "which is not the one that was last in use")
        #expect(table.counters.services == UInt64(RouteTable.maximumServices))
    }

    @Test mutating func allTogetherAreBounded() {
        for key in 0..<UInt64(RouteTable.maximumServices) {
            for first in 0..<96 {
                let letter = Unicode.Scalar(UInt8(0x67 + first % 16))
                _ = route("/\(letter)\(String(repeating: "h", count: first / 16))/below", of: key)
            }
        }
        #expect(table.counters.parts <= UInt64(RouteTable.maximumNodes))
        #expect(route("/more/of/it", of: 0) != nil)
    }
}
