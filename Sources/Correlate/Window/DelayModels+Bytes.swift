/// What was learned of delays, as records.
extension DelayModels {
    /// Adds all that is known.
    func store(into writer: inout ModelWriter) {
        for index in 0..<contexts.capacity where contexts.entries[index].key != 0 {
            let entry = contexts.entries[index]
            writer.add(
                ModelRecord(
                    table: .contexts, key: entry.key,
                    numbers: [entry.total, entry.seen, Float(entry.halvings & 0xFFFF), 0]))
        }
        for index in 0..<transitions.capacity where transitions.entries[index].key != 0 {
            let entry = transitions.entries[index]
            var record = ModelRecord(
                table: .steps, key: entry.key,
                numbers: [entry.total, entry.gaps, entry.gapsSeen, Float(entry.halvings & 0xFFFF)])
            let own = bins + index * GapScale.count
            for bin in 0..<GapScale.count where own[bin] > 0 { record.bins.append((UInt8(bin), own[bin])) }
            writer.add(record)
        }
    }

    /// Takes in a record; true when it is not one of these.
    mutating func restore(_ record: ModelRecord) -> Bool {
        clock &+= 1
        // A key of 0 stands for a vacant place.
        guard record.key != 0 else { return false }
        switch record.table {
        case .operations: return true
        case .contexts:
            let (index, _) = contexts.make(record.key, clock, &evictions)
            contexts.entries[index].total = min(record.numbers[0], WeightTable.Entry.limit)
            contexts.entries[index].seen = record.numbers[1]
            contexts.entries[index].halvings = UInt32(min(record.numbers[2], 65_535))
        case .steps:
            let (index, _) = transitions.make(record.key, clock, &evictions)
            transitions.entries[index].total = min(record.numbers[0], WeightTable.Entry.limit)
            transitions.entries[index].gapsSeen = record.numbers[2]
            transitions.entries[index].halvings = UInt32(min(record.numbers[3], 65_535))
            let own = bins + index * GapScale.count
            own.initialize(repeating: 0, count: GapScale.count)
            var total: Float = 0
            for bin in record.bins where Int(bin.place) < GapScale.count {
                own[Int(bin.place)] = min(bin.weight, WeightTable.Entry.limit)
                total += own[Int(bin.place)]
            }
            transitions.entries[index].gaps = total
        }
        return false
    }
}
