/// What the body of a successful response says: whether it is a value or what the method threw.
enum DubboResult {
    /// Marks an exchange whose method threw.
    static func read(
        _ body: UnsafeRawBufferPointer, _ serialization: DubboHeader.Serialization, of handle: ExchangeHandle,
        in exchanges: inout ExchangeTable
    ) {
        switch serialization {
        case .hessian:
            var reader = HessianReader(body)
            guard let kind = reader.smallNumber(), isException(kind) else { return }
            // The class, when the exception is the first object there: its definition stands in front of it.
            if reader.next == 0x43, let name = reader.className(), !name.isEmpty {
                exchanges.add(.errorCode, .responseHeader, value: name, to: handle)
            }
        case .json:
            var lines = DubboLines(body)
            guard let line = lines.next(), line.count == 1, isException(Int(line[0]) - 0x30) else { return }
        case .other: return
        }
        exchanges.setFailed(handle)
    }

    /// 0 and 3: an exception, the latter with attachments behind it; 1 and 4: a value; 2 and 5: none.
    private static func isException(_ kind: Int) -> Bool { kind == 0 || kind == 3 }
}
