@testable import OTLP

extension Portion {
    /// Its own spans.
    var slices: [SpanSlice] {
        contents.compactMap { if case .spans(let slice) = $0 { slice } else { nil } }
    }
}
