import Capture

/// What a replay observes of capture files.
struct CapturedExchanges {
    var opened: [Exchange] = []
    var closed: [Exchange] = []
    var losses: [LossReason: UInt64] = [:]
    var counters = CaptureCounters()
    var warnings: [String] = []
    var fills = 0
    var watermarks: [UInt64] = []
    /// Methods and targets of the closed exchanges.
    var targets: [String] = []

    init(paths: [String], options: CaptureOptions = CaptureOptions()) throws {
        var capture = try ReplayCapture(paths: paths, options: options)
        var batch = ObservationBatch()
        var goesOn = true
        while goesOn {
            batch.removeAll()
            goesOn = try capture.fill(&batch)
            fills += 1
            take(batch)
        }
        batch.removeAll()
        capture.finish(&batch)
        take(batch)
        counters = capture.counters
        warnings = capture.warnings
    }

    init(_ bytes: [UInt8], options: CaptureOptions = CaptureOptions()) throws {
        self = try withFile(bytes) { try CapturedExchanges(paths: [$0], options: options) }
    }

    /// The closed exchanges of one side.
    func of(_ role: Role) -> [Exchange] { closed.filter { $0.end.role == role } }

    private mutating func take(_ batch: ObservationBatch) {
        watermarks.append(batch.watermark)
        for observation in batch.observations {
            switch observation {
            case .opened(let exchange): opened.append(exchange)
            case .closed(let exchange):
                closed.append(exchange)
                let fields = [FieldKey.method, .target].compactMap { batch.fields.first($0, in: exchange.fields) }
                targets.append(
                    fields.map { batch.fields.withBytes(of: $0.value) { String(decoding: $0, as: UTF8.self) } }
                        .joined(separator: " "))
            case .lost(let loss): losses[loss.reason, default: 0] += loss.count
            case .firstByte, .lineage: break
            }
        }
    }
}
