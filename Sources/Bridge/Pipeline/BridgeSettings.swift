internal import Propagation

/// What Bridge's thread goes by, and can go by another of while it runs.
struct BridgeSettings: Sendable {
    /// How traces are merged.
    var merge: MergeOptions
    /// Reads contexts.
    var reader: ContextReader
    /// What becomes of spans' texts.
    var mapping: MappingOptions
    /// Which traces leave; nil where contexts alone say so.
    var sampling: SampleOptions?
    /// Whether somebody asks for what spans say together.
    var derives: Bool

    /// What a configuration says.
    init(_ configuration: Configuration) {
        merge = configuration.mergeOptions
        reader = configuration.contextReader
        mapping = configuration.mappingOptions
        sampling = configuration.sampleOptions
        derives = configuration.telemetry.derives
    }
}
