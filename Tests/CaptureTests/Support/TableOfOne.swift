@testable import Capture

extension ExchangeTable {
    /// A table with one connection, which is being parsed: for testing what parsers are made of by itself.
    static func ofOneConnection() -> ExchangeTable {
        var table = ExchangeTable(options: CaptureOptions())
        table.prepare(connection: 0)
        table.context.connection = 0
        table.move(to: 1_000_000)
        return table
    }

    /// Another record comes, at a moment (ns).
    mutating func move(to time: UInt64) {
        context.serial &+= 1
        context.point = ExecutionPoint(time: time)
        now = time
    }

    /// Whether all memory that was reserved has been given back.
    var isGivenBack: Bool {
        mutating get {
            let limit = MemoryBudget().limit
            guard reserve(limit) else { return false }
            unreserve(limit)
            return true
        }
    }
}
