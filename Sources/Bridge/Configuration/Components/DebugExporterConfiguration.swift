/// `exporters.debug`: prints each finished trace as a tree.
struct DebugExporterConfiguration: ConfigurationComponent {
    static let type = "debug"
    static let summary = "Prints each finished trace as an indented tree."
    static let laterKeys = [
        "verbosity", "sampling_initial", "sampling_thereafter", "use_internal_logger", "output_paths",
    ]
    static let keys: [ConfigurationKey<Self>] = []
}
