/// Series by the values of their labels. Bounded: what there is no room for is counted together, in one more series. Series
/// that nothing comes for are forgotten.
struct SeriesTable<Values: Sendable>: Sendable {
    /// How long a series is kept without anything coming for it, ns: many scrapes.
    static var idleTime: UInt64 { 900_000_000_000 }

    private struct Series {
        var key: SeriesKey
        var values: Values
        /// When something came last, ns of CLOCK_MONOTONIC.
        var used: UInt64
    }

    /// Most series, the one more not counted.
    let maximum: Int
    /// How much was counted in the one more.
    private(set) var overflowed: UInt64 = 0
    /// How many series were forgotten.
    private(set) var swept: UInt64 = 0
    private let initial: Values
    private var rest: Values
    private var series: [Series] = []
    private var places: [SeriesKey: Int] = [:]

    /// - Parameters:
    ///   - maximum: most series.
    ///   - initial: the values of a new one.
    init(maximum: Int, initial: Values) {
        self.maximum = max(maximum, 1)
        self.initial = initial
        rest = initial
    }

    /// How many series there are, the one more not counted.
    var count: Int { series.count }

    /// All series: the values of their labels, nil for the one more, which is there once it is used.
    var all: [(labels: [String]?, values: Values)] {
        let known = series.map { (labels: $0.key.texts as [String]?, values: $0.values) }
        return overflowed > 0 ? known + [(nil, rest)] : known
    }

    /// Changes the values of a series, which is made if it is not there.
    ///
    /// - Parameter now: ns of CLOCK_MONOTONIC.
    mutating func update(_ key: SeriesKey, now: UInt64, _ change: (inout Values) -> Void) {
        if let place = places[key] {
            series[place].used = now
            change(&series[place].values)
        } else if series.count < maximum {
            var values = initial
            change(&values)
            places[key] = series.count
            series.append(Series(key: key, values: values, used: now))
        } else {
            overflowed &+= 1
            change(&rest)
        }
    }

    /// Forgets what has been idle.
    mutating func sweep(now: UInt64) {
        var index = 0
        while index < series.count {
            guard now > series[index].used, now - series[index].used > Self.idleTime else {
                index += 1
                continue
            }
            places[series[index].key] = nil
            series.swapAt(index, series.count - 1)
            series.removeLast()
            if index < series.count { places[series[index].key] = index }
            swept &+= 1
        }
    }
}
