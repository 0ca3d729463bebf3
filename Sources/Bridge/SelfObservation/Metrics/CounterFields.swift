/// The counters of a value by their names as they are exported. By reflection, so that none can be forgotten where all are
/// listed: in the closing summary and among the metrics. For values that are read now and then.
enum CounterFields {
    /// What a value counts: `joined_by_context`. What lies in a value of its own has that one's name in front:
    /// `apart_late`.
    static func of(_ counters: Any) -> [(name: String, count: UInt64)] {
        Mirror(reflecting: counters).children.flatMap { child -> [(name: String, count: UInt64)] in
            guard let name = child.label?.snakeCase else { return [] }
            if let count = child.value as? UInt64 { return [(name, count)] }
            return of(child.value).map { (name + "_" + $0.name, $0.count) }
        }
    }
}
