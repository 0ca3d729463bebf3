@testable import OTLP

/// A request as lists of fields, which is written with and without rewrites: what must come out, by other means.
struct RequestModel {
    enum Field {
        /// Any bytes: a field that nothing is done to.
        case raw([UInt8])
        case traceID(UInt8)
        case parent(UInt8)
        case emptyParent
        /// A link to a trace, with more in it.
        case link(UInt8, [UInt8])
        case attribute(String, [UInt8])
    }

    /// Spans of scopes of resources; nil stands for a field beside.
    var resources: [[[[Field]?]]] = []
    /// What stands beside, everywhere.
    var beside: [UInt8] = []

    /// The spans, in their order.
    var spans: [[Field]] { resources.flatMap { $0 }.flatMap { $0 }.compactMap { $0 } }

    func encoded(_ rewrites: [SpanRewrite] = []) -> [UInt8] {
        var next: UInt32 = 0
        var bytes = beside
        for scopes in resources {
            var resource: [UInt8] = beside
            for spans in scopes {
                var scope: [UInt8] = []
                for span in spans {
                    guard let span else {
                        scope += beside
                        continue
                    }
                    scope += Proto.field(2, Self.span(span, rewrites.first { $0.span == next }))
                    next += 1
                }
                resource += Proto.field(2, scope)
            }
            bytes += Proto.field(1, resource) + beside
        }
        return bytes
    }

    private static func span(_ fields: [Field], _ rewrite: SpanRewrite?) -> [UInt8] {
        var former: UInt8 = 0
        var parent: Field?
        var hasOriginal = false
        for field in fields {
            switch field {
            case .traceID(let id): former = id
            case .parent, .emptyParent: parent = field
            case .attribute("interspan.original.trace_id", _): hasOriginal = true
            default: break
            }
        }
        let renamed = rewrite?.traceID.map { bytes($0.high) + bytes($0.low) }
        let replaced = [
            rewrite?.clockSkew == nil ? nil : "interspan.clock.skew_ns",
            rewrite?.method == nil ? nil : "interspan.link.method",
        ]
        var result: [UInt8] = []
        for field in fields {
            switch field {
            case .raw(let bytes): result += bytes
            case .traceID(let id): result += Proto.field(1, renamed ?? [UInt8](repeating: id, count: 16))
            case .parent(let id):
                let kept = [UInt8](repeating: id, count: 8)
                let given = rewrite?.parentSpanID.map { bytes($0) }
                if given != bytes(0) { result += Proto.field(4, given ?? kept) }
            case .emptyParent: result += Proto.field(4)
            case .link(let id, let more):
                let kept = [UInt8](repeating: id, count: 16)
                result += Proto.field(13, Proto.field(1, id == former ? renamed ?? kept : kept), more)
            case .attribute(let key, let value):
                if !replaced.contains(key) { result += Proto.attribute(9, key, value) }
            }
        }
        guard let rewrite else { return result }
        if let id = rewrite.parentSpanID, id != 0 {
            if case .parent = parent {} else { result += Proto.field(4, bytes(id)) }
        }
        let original = [UInt8](repeating: former, count: 16)
        if rewrite.keepsOriginal, let renamed, renamed != original {
            let digits = String(former, radix: 16)
            let text = String(repeating: digits.count == 1 ? "0" + digits : digits, count: 16)
            if !hasOriginal { result += Proto.attribute(9, "interspan.original.trace_id", Proto.text(1, text)) }
            result += Proto.field(13, Proto.field(1, original), Proto.field(2, [UInt8](repeating: 0x5A, count: 8)))
        }
        if let skew = rewrite.clockSkew {
            result += Proto.attribute(9, "interspan.clock.skew_ns", Proto.number(3, UInt64(bitPattern: skew)))
        }
        if let method = rewrite.method {
            result += Proto.attribute(9, "interspan.link.method", Proto.text(1, method.description))
        }
        return result
    }

    private static func bytes(_ word: UInt64) -> [UInt8] { withUnsafeBytes(of: word.bigEndian) { Array($0) } }
}

extension RequestModel {
    /// A random request: fields in any order, ids twice, and what nobody knows in between.
    static func random(_ random: inout SeededGenerator) -> RequestModel {
        var model = RequestModel()
        model.beside = Bool.random(using: &random) ? [] : Proto.text(61, "beside") + Proto.tag(50, 3) + Proto.tag(50, 4)
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            var scopes: [[[Field]?]] = []
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                scopes.append(
                    (0..<Int.random(in: 0...4, using: &random)).map { _ in
                        Int.random(in: 0..<5, using: &random) == 0 ? nil : span(&random)
                    })
            }
            model.resources.append(scopes)
        }
        return model
    }

    private static func span(_ random: inout SeededGenerator) -> [Field] {
        var fields: [Field] = [
            .traceID(UInt8.random(in: 1...3, using: &random)),
            .raw(Proto.field(2, [UInt8](repeating: 0x5A, count: 8))),
        ]
        for _ in 0..<Int.random(in: 0...8, using: &random) {
            let id = UInt8.random(in: 1...3, using: &random)
            switch Int.random(in: 0..<9, using: &random) {
            case 0: fields.append(.parent(id))
            case 1: fields.append(.emptyParent)
            case 2: fields.append(.traceID(id))
            case 3, 4: fields.append(.link(id, Proto.text(3, "a=b") + Proto.text(40, "unknown")))
            case 5: fields.append(.attribute("interspan.original.trace_id", Proto.text(1, "0")))
            case 6: fields.append(.attribute("interspan.link.method", Proto.text(1, "sql-comment")))
            case 7: fields.append(.attribute("text", Proto.text(1, String(repeating: "x", count: Int(id) * 60))))
            default: fields.append(.raw(Proto.number(99, UInt64(id)) + Proto.fixed64(7, 9)))
            }
        }
        return fields.shuffled(using: &random)
    }

    /// Random rewrites of some spans.
    func rewrites(_ random: inout SeededGenerator) -> [SpanRewrite] {
        spans.indices.compactMap { index in
            guard Bool.random(using: &random) else { return nil }
            var rewrite = SpanRewrite(span: UInt32(index))
            let same = UInt64(0x0202_0202_0202_0202)
            if Bool.random(using: &random) {
                rewrite.traceID =
                    Int.random(in: 0..<4, using: &random) == 0
                    ? TraceID(high: same, low: same) : TraceID(high: 0xFEDC_BA98_7654_3210, low: 5)
            }
            if Bool.random(using: &random) { rewrite.parentSpanID = Bool.random(using: &random) ? 0 : 0x0809 }
            rewrite.keepsOriginal = Bool.random(using: &random)
            if Bool.random(using: &random) { rewrite.clockSkew = Bool.random(using: &random) ? -1 : 1_000_000 }
            if Bool.random(using: &random) { rewrite.method = "traceparent" }
            return rewrite
        }
    }
}
