internal import Capture
internal import OTLP

/// What must outlive a restart: traces that have become others, of which spans may still come.
extension Merger {
    /// Those traces, with times of the wall clock.
    var aliases: [AliasFile.Entry] {
        var entries: [AliasFile.Entry] = []
        traces.forEachMoved { trace, to, root, expires in
            entries.append(
                AliasFile.Entry(
                    alias: trace, trace: to, rootParentSpanID: root?.spanID ?? 0,
                    expiry: expires &+ UInt64(bitPattern: wallClockOffset)))
        }
        return entries
    }

    /// Takes in what an earlier run left.
    ///
    /// - Parameter time: now, ns of the source's clock.
    mutating func restore(_ entries: [AliasFile.Entry], at time: UInt64) {
        for entry in entries where entry.alias != entry.trace {
            traces.update(entry.alias, at: time) {
                $0.fate = .moved(to: entry.trace)
                guard entry.rootParentSpanID != 0 else { return }
                $0.root = TraceRoot(spanID: entry.rootParentSpanID, process: .none, start: 0)
            }
        }
    }
}
