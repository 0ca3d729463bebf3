// What a prepared statement is executed with.
extension MySQLParser {
    /// Most parameters of a statement whose number is not known.
    private static let mostParameters = 64
    /// Bytes in front of which are null: the command, the statement, flags, how often (`COM_STMT_EXECUTE`).
    private static let parametersStart = 10

    /// The values of an execution's parameters. Their number may not be said: it is the one with which types and values take
    /// exactly the bytes that there are. Where types are not sent again, texts are found by their words alone.
    func addParameters(_ payload: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        guard payload.count > MySQLParser.parametersStart else { return }
        if payload[5] & MySQLAttributes.hasCount != 0, hasAttributes == true,
            let count = MySQLPacket.lengthEncoded(payload, at: MySQLParser.parametersStart)
        {
            guard count.value > 0, count.value <= MySQLAttributes.maximum else { return }
            let nulls = MySQLParser.parametersStart + count.size
            if let values = Parameters(payload, at: nulls, Int(count.value), areNamed: true) {
                return add(values, in: &exchanges)
            }
        } else {
            for count in 1...MySQLParser.mostParameters {
                guard
                    let values = Parameters(payload, at: MySQLParser.parametersStart, count, areNamed: false),
                    values.end == payload.count
                else { continue }
                return add(values, in: &exchanges)
            }
        }
        let rest = UnsafeRawBufferPointer(rebasing: payload[MySQLParser.parametersStart...])
        exchanges.addValues(text: rest, isCut: true, to: sending)
    }

    private func add(_ parameters: Parameters, in exchanges: inout ExchangeTable) {
        parameters.forEach { type, value in
            switch type {
            case 0x01, 0x02, 0x03, 0x08:
                var number: UInt64 = 0
                for byte in value.reversed() { number = number << 8 | UInt64(byte) }
                let unused = UInt64(64 - 8 * value.count)
                exchanges.addValues(number: Int64(bitPattern: number << unused) >> Int64(unused), to: sending)
            case 0x04...0x0D: break
            default: exchanges.addValues(opaque: value, to: sending)
            }
        }
    }

    /// The parameters of an execution: which are null, whether types follow, those, and the values.
    private struct Parameters {
        /// Where what follows them begins.
        let end: Int
        private let payload: UnsafeRawBufferPointer
        private let nulls: Int
        private let count: Int
        private let areNamed: Bool

        /// Nil when they cannot be so many.
        init?(_ payload: UnsafeRawBufferPointer, at nulls: Int, _ count: Int, areNamed: Bool) {
            (self.payload, self.nulls, self.count, self.areNamed) = (payload, nulls, count, areNamed)
            guard let end = Parameters.walk(payload, nulls, count, areNamed, { _, _ in }) else { return nil }
            self.end = end
        }

        /// Calls with the type and the bytes of each that is not null, of texts without their length.
        func forEach(_ body: (UInt8, UnsafeRawBufferPointer) -> Void) {
            _ = Parameters.walk(payload, nulls, count, areNamed, body)
        }

        private static func walk(
            _ payload: UnsafeRawBufferPointer, _ nulls: Int, _ count: Int, _ areNamed: Bool,
            _ body: (UInt8, UnsafeRawBufferPointer) -> Void
        ) -> Int? {
            let types = nulls + (count + 7) / 8 + 1
            guard types + 2 * count <= payload.count, payload[types - 1] == 1 else { return nil }
            var next = types
            for _ in 0..<count {
                // The second byte says no more than whether it has a sign.
                guard next + 2 <= payload.count, payload[next + 1] & 0x7F == 0 else { return nil }
                guard areNamed else {
                    next += 2
                    continue
                }
                guard let name = MySQLAttributes.name(payload, at: next) else { return nil }
                next = name.upperBound
            }
            var type = types
            for index in 0..<count {
                let kind = payload[type]
                type = areNamed ? MySQLAttributes.name(payload, at: type)?.upperBound ?? payload.count : type + 2
                guard payload[nulls + index / 8] & 1 << UInt8(index % 8) == 0 else { continue }
                guard let size = MySQLAttributes.size(of: kind, in: payload, at: next) ?? (kind == 0x06 ? 0 : nil),
                    next + size <= payload.count
                else { return nil }
                var start = next
                next += size
                if kind > 0x0D || kind == 0, let text = MySQLPacket.lengthEncoded(payload, at: start) {
                    start += text.size
                }
                if start < next { body(kind, UnsafeRawBufferPointer(rebasing: payload[start..<next])) }
            }
            return next
        }
    }
}
