/// An ExportMetricsServiceRequest (opentelemetry-proto) of one resource and one scope. Made once a minute, not for speed.
public struct MetricsRequest: Sendable {
    /// Whose metrics they are.
    public var resource: [(key: String, value: ResourceValue)]
    /// What measured them, and its version.
    public var scope: (name: String, version: String)
    /// Since when sums and histograms count, ns since 1970.
    public var start: UInt64
    /// What was measured.
    public var metrics: [MetricData] = []

    /// Nothing measured yet.
    public init(
        resource: [(key: String, value: ResourceValue)], scope: (name: String, version: String), start: UInt64
    ) {
        self.resource = resource
        self.scope = scope
        self.start = start
    }

    /// The request as exporters take it; nil without a point.
    ///
    /// - Parameter now: when it was measured, ns since 1970.
    public func batch(now: UInt64) -> ReceivedBatch? {
        let points = metrics.reduce(0) { $0 + $1.points.count }
        guard points > 0 else { return nil }
        var message = ProtobufMessage()
        // resource_metrics
        message.add(1) { resourceMetrics in
            resourceMetrics.add(1) { resource in
                for (key, value) in self.resource { resource.add(1) { $0.attribute(key, value) } }
            }
            // scope_metrics
            resourceMetrics.add(2) { scopeMetrics in
                scopeMetrics.add(1) {
                    $0.add(1, scope.name)
                    $0.add(2, scope.version)
                }
                for metric in metrics where !metric.points.isEmpty {
                    scopeMetrics.add(2) { write(metric, now: now, to: &$0) }
                }
            }
        }
        return ReceivedBatch(signal: .metrics, bytes: message.bytes, items: points)
    }

    private func write(_ metric: MetricData, now: UInt64, to message: inout ProtobufMessage) {
        message.add(1, metric.name)
        message.add(2, metric.description)
        if !metric.unit.isEmpty { message.add(3, metric.unit) }
        let field: UInt8 =
            switch metric.kind {
            case .gauge: 5
            case .sum: 7
            case .histogram: 9
            }
        message.add(field) { data in
            for point in metric.points { data.add(1) { write(point, metric.kind, now: now, to: &$0) } }
            // AGGREGATION_TEMPORALITY_CUMULATIVE
            if metric.kind != .gauge { data.add(2, varint: 2) }
            if metric.kind == .sum { data.add(3, varint: 1) }
        }
    }

    private func write(
        _ point: MetricData.Point, _ kind: MetricData.Kind, now: UInt64, to message: inout ProtobufMessage
    ) {
        if kind != .gauge { message.add(2, fixed: start) }
        message.add(3, fixed: now)
        var attributes: UInt8 = 7
        switch point.value {
        case .integer(let number): message.add(6, fixed: UInt64(bitPattern: number))
        case .real(let number): message.add(4, fixed: number.bitPattern)
        case .durations(let durations):
            attributes = 9
            message.add(4, fixed: durations.count)
            message.add(5, fixed: Self.seconds(durations.sum).bitPattern)
            message.add(6, packed: (0...DurationHistogram.bounds).map { durations[$0] })
            message.add(
                7,
                packed: (0..<DurationHistogram.bounds).map { Self.seconds(DurationHistogram.bound($0)).bitPattern })
        }
        for (key, value) in point.attributes { message.add(attributes) { $0.attribute(key, .string(value)) } }
    }

    private static func seconds(_ nanoseconds: UInt64) -> Double { Double(nanoseconds) / 1_000_000_000 }
}

/// A protobuf message in the making (protobuf.dev/programming-guides/encoding).
private struct ProtobufMessage {
    private(set) var bytes: [UInt8] = []

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// A number of variable length.
    mutating func add(_ field: UInt8, varint value: UInt64) {
        bytes.append(field << 3)
        varint(value)
    }

    /// Eight bytes.
    mutating func add(_ field: UInt8, fixed value: UInt64) {
        bytes.append(field << 3 | 1)
        append(value)
    }

    /// A text.
    mutating func add(_ field: UInt8, _ text: String) { add(field, Array(text.utf8)) }

    /// Numbers of eight bytes each.
    mutating func add(_ field: UInt8, packed values: [UInt64]) {
        bytes.append(field << 3 | 2)
        varint(UInt64(values.count * 8))
        for value in values { append(value) }
    }

    /// A message.
    mutating func add(_ field: UInt8, _ body: (inout Self) -> Void) {
        var inner = Self()
        body(&inner)
        add(field, inner.bytes)
    }

    /// The fields of a KeyValue.
    mutating func attribute(_ key: String, _ value: ResourceValue) {
        add(1, key)
        add(2) { any in
            switch value {
            case .string(let text): any.add(1, text)
            case .int(let number): any.add(3, varint: UInt64(bitPattern: number))
            case .strings(let texts):
                any.add(5) { list in
                    for text in texts { list.add(1) { $0.add(1, text) } }
                }
            }
        }
    }

    private mutating func add(_ field: UInt8, _ content: [UInt8]) {
        bytes.append(field << 3 | 2)
        varint(UInt64(content.count))
        bytes += content
    }

    private mutating func append(_ value: UInt64) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
