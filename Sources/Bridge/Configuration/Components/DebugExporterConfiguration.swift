/// `exporters.debug`: prints each finished trace as a tree.
struct DebugExporterConfiguration: ConfigurationComponent {
    static let type = "debug"
    static let summary = "Prints each finished trace as an indented tree."
    static let laterKeys = ["output_paths"]
    static let ignoredKeys = ["verbosity", "sampling_initial", "sampling_thereafter", "use_internal_logger"]
    static let keys: [ConfigurationKey<Self>] = []
}
