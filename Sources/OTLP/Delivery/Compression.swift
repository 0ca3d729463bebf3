/// How requests are compressed: `compression` of the Collector.
public enum Compression: String, Sendable, CaseIterable {
    case gzip
    case none
}
