internal import Capture
internal import OTLP

extension FieldBuffer {
    /// The number that a field's decimal digits say; nil without the field, or when it is none.
    func number(_ key: FieldKey, in range: FieldRange) -> Int64? {
        guard let field = first(key, in: range) else { return nil }
        return withBytes(of: field.value) { digits -> Int64? in
            var number: Int64 = 0
            guard !digits.isEmpty else { return nil }
            for digit in digits {
                guard digit &- 0x30 < 10 else { return nil }
                let (product, isTooLarge) = number.multipliedReportingOverflow(by: 10)
                let (sum, overflows) = product.addingReportingOverflow(Int64(digit - 0x30))
                guard !isTooLarge, !overflows else { return nil }
                number = sum
            }
            return number
        }
    }
}

extension SpanBatch {
    /// Adds a text attribute with the value of a field, if the exchange has it.
    mutating func append(
        _ key: StaticString, _ field: FieldKey, of exchange: Exchange, _ fields: borrowing FieldBuffer
    ) {
        guard let found = fields.first(field, in: exchange.fields) else { return }
        fields.withBytes(of: found.value) { append(key, bytes: $0) }
    }

    /// Adds a number with the value of a field, if the exchange has it.
    mutating func append(
        _ key: StaticString, number field: FieldKey, of exchange: Exchange, _ fields: borrowing FieldBuffer
    ) {
        if let number = fields.number(field, in: exchange.fields) { append(key, int: number) }
    }
}

extension FieldBuffer {
    /// Whether an exchange has a field of a kind, with something in it.
    func has(_ key: FieldKey, of exchange: Exchange) -> Bool {
        (first(key, in: exchange.fields)?.value.count ?? 0) > 0
    }
}
