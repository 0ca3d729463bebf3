/// Draws a trace as an indented tree: a line for the trace and one for each span, children under their parent by start
/// time. On a terminal with lines and colours, otherwise with blanks only.
struct TraceRenderer {
    /// How it is drawn.
    enum Style { case plain, lines, colours }

    private static let deepestIndentation = 40

    private let style: Style

    /// A renderer.
    init(_ style: Style) { self.style = style }

    /// The text of a trace, lines ended.
    func render(_ spans: [HeldSpan]) -> String {
        guard let first = spans.first else { return "" }
        let length = (spans.map(\.end).max() ?? 0) &- spans.startOfTrace
        let count = spans.count == 1 ? "1 span" : "\(spans.count) spans"
        var text = "\(paint("trace \(hex(first.traceID.high))\(hex(first.traceID.low))", .bold))"
        text += "  \(count)  \(Self.duration(length))\n"
        for (index, prefix) in order(spans) { text += line(spans[index], prefix: prefix) }
        return text + "\n"
    }

    /// A length of time, ns, with three or four digits and its unit.
    static func duration(_ nanoseconds: UInt64) -> String {
        let (unit, name): (UInt64, String) =
            switch nanoseconds {
            case 1_000_000_000...: (1_000_000_000, "s")
            case 1_000_000...: (1_000_000, "ms")
            default: (1000, "µs")
            }
        let hundredths = nanoseconds % unit * 100 / unit
        return "\(nanoseconds / unit).\(hundredths < 10 ? "0" : "")\(hundredths) \(name)"
    }

    // MARK: The tree

    /// The spans in the order of the tree, each with what stands before it. Every span appears once, even if ids are
    /// doubled or parents go in a circle. Iterative: depth is the traced program's to choose.
    private func order(_ spans: [HeldSpan]) -> [(index: Int, prefix: String)] {
        var byID: [UInt64: Int] = [:]
        for (index, span) in spans.enumerated() where byID[span.spanID] == nil { byID[span.spanID] = index }
        var children: [Int: [Int]] = [:]
        var roots: [Int] = []
        for index in spans.indices.sorted(by: { spans[$0].start < spans[$1].start }) {
            if spans[index].parentSpanID != 0, let parent = byID[spans[index].parentSpanID], parent != index {
                children[parent, default: []].append(index)
            } else {
                roots.append(index)
            }
        }
        var drawn = [Bool](repeating: false, count: spans.count)
        var result: [(index: Int, prefix: String)] = []
        for root in roots + spans.indices where !drawn[root] {
            var stack = [(index: root, prefix: "", below: "", depth: 0)]
            while let next = stack.popLast() {
                guard !drawn[next.index] else { continue }
                drawn[next.index] = true
                result.append((next.index, next.prefix))
                let own = children[next.index] ?? []
                for (place, child) in own.enumerated().reversed() {
                    let (branch, below) = pieces(isLast: place == own.count - 1, depth: next.depth)
                    stack.append((child, next.below + branch, next.below + below, next.depth + 1))
                }
            }
        }
        return result
    }

    private func pieces(isLast: Bool, depth: Int) -> (branch: String, below: String) {
        guard depth < Self.deepestIndentation else { return ("… ", "") }
        guard style != .plain else { return ("  ", "  ") }
        return isLast ? ("└─ ", "   ") : ("├─ ", "│  ")
    }

    // MARK: A line

    private func line(_ span: HeldSpan, prefix: String) -> String {
        let time = Self.duration(span.end &- span.start)
        var text = String(repeating: " ", count: max(11 - time.count, 0)) + paint(time, .dim) + "  "
        text += paint(prefix, .dim) + paint(span.service, service(span.service)) + "  " + span.name
        // A name with a route says it already.
        if !span.target.isEmpty, !span.name.contains("/") { text += " " + span.target }
        text += "  " + paint(Self.kind(span.kind), .dim)
        if span.statusCode > 0 { text += "  " + paint("\(span.statusCode)", span.error == nil ? .green : .red) }
        if let error = span.error { text += "  " + paint(error.isEmpty ? "ERROR" : "ERROR \(error)", .red) }
        if !span.linkMethod.isEmpty, span.linkMethod != "none" { text += "  " + paint("by \(span.linkMethod)", .dim) }
        return text + "\n"
    }

    private static func kind(_ kind: SpanKind) -> String {
        switch kind {
        case .unspecified: "unspecified"
        case .internal: "internal"
        case .server: "server"
        case .client: "client"
        case .producer: "producer"
        case .consumer: "consumer"
        }
    }

    private func hex(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    // MARK: Colours

    private enum Paint: String {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case blue = "34"
        case magenta = "35"
        case cyan = "36"
    }

    /// The same service has the same colour everywhere.
    private func service(_ name: String) -> Paint {
        let paints: [Paint] = [.cyan, .yellow, .magenta, .blue, .green]
        return paints[Int(name.utf8.reduce(UInt32(7)) { $0 &* 31 &+ UInt32($1) } % UInt32(paints.count))]
    }

    private func paint(_ text: String, _ paint: Paint) -> String {
        style == .colours && !text.isEmpty ? "\u{1B}[\(paint.rawValue)m\(text)\u{1B}[0m" : text
    }
}
