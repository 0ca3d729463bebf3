internal import OTLP

/// A query string with its values replaced: names say what was asked, values may be secrets.
enum QueryMask {
    /// Adds the query to the batch's arena: by ``TextRule/mask`` `a=1&b=x` becomes `a=REDACTED&b=REDACTED`, by
    /// ``TextRule/keep`` only values of secrets' names (``SecretNames``) are replaced.
    static func append(
        _ query: UnsafeRawBufferPointer, _ rule: TextRule = .mask, to batch: inout SpanBatch
    ) -> ArenaRange {
        let start = UInt32(batch.bytes.count)
        var rest = query[...]
        while !rest.isEmpty {
            let end = rest.firstIndex { $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: ";") } ?? rest.endIndex
            append(UnsafeRawBufferPointer(rebasing: rest[..<end]), pair: rule, to: &batch)
            if end < rest.endIndex { _ = batch.append(bytes: UnsafeRawBufferPointer(rebasing: rest[end...end])) }
            rest = end < rest.endIndex ? rest[(end + 1)...] : rest[rest.endIndex...]
        }
        return ArenaRange(offset: start, count: UInt32(batch.bytes.count) - start)
    }

    private static func append(_ pair: UnsafeRawBufferPointer, pair rule: TextRule, to batch: inout SpanBatch) {
        guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else {
            // A query without names is a value.
            if rule == .keep {
                _ = batch.append(bytes: pair)
            } else if !pair.isEmpty {
                _ = batch.append(text: "REDACTED")
            }
            return
        }
        let name = UnsafeRawBufferPointer(rebasing: pair[..<equals])
        if rule == .keep, !SecretNames.contains(name) {
            _ = batch.append(bytes: pair)
        } else {
            _ = batch.append(bytes: UnsafeRawBufferPointer(rebasing: pair[...equals]))
            if equals + 1 < pair.count { _ = batch.append(text: "REDACTED") }
        }
    }
}
