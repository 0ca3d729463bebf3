// What a statement is bound to.
extension PostgreSQLParser {
    /// The values of a Bind: the names of a portal and a statement, the formats of parameters, and the parameters, each
    /// behind its length. Numbers in binary have 2, 4 or 8 bytes.
    func addParameters(_ contents: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) {
        guard let statement = PostgreSQLMessage.string(contents, at: 0).next,
            let formats = PostgreSQLMessage.string(contents, at: statement).next
        else { return }
        var reader = NetworkOrderReader(UnsafeRawBufferPointer(rebasing: contents[formats...]))
        guard let formatCount = reader.short(), let formats = reader.take(2 * Int(formatCount)),
            let count = reader.short()
        else { return }
        for index in 0..<Int(count) {
            guard let length = reader.long() else { return }
            // Null.
            guard Int32(bitPattern: length) >= 0 else { continue }
            let rest = reader.rest
            let isCut = rest.count < Int(length)
            let value = UnsafeRawBufferPointer(rebasing: rest.prefix(Int(length)))
            // No format is text for all, a single one is that of all.
            let place = formatCount == 1 ? 0 : index
            let isBinary = 2 * place + 1 < formats.count && formats[2 * place + 1] == 1
            switch isBinary && !isCut ? value.count : 0 {
            case 2, 4, 8:
                var number: UInt64 = 0
                for byte in value { number = number << 8 | UInt64(byte) }
                let unused = UInt64(64 - 8 * value.count)
                exchanges.addValues(number: Int64(bitPattern: number << unused) >> Int64(unused), to: group.handle)
                // Short texts have the same bytes in either format.
                exchanges.addValues(opaque: value, to: group.handle)
            default: exchanges.addValues(opaque: value, isCut: isCut, to: group.handle)
            }
            guard !isCut, reader.take(Int(length)) != nil else { return }
        }
    }
}
