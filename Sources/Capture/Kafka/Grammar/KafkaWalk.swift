/// Walks over a message's values by the steps of its API, and hands those that are of interest to ``KafkaContents``.
struct KafkaWalk {
    /// What is left of the message.
    var reader: KafkaReader
    /// Of the API.
    let version: Int16
    /// Whether lengths are compact and structures end with tagged fields.
    let isFlexible: Bool
    /// Whether something may be behind what was read, other than the rest of the last records.
    private(set) var isCut = false

    /// A walk over what stands behind a message's header.
    init(reader: KafkaReader, version: Int16, isFlexible: Bool) {
        self.reader = reader
        self.version = version
        self.isFlexible = isFlexible
    }

    /// Takes a message's values.
    ///
    /// - Parameter records: what to do with record batches: those of them that are at hand, and how many bytes there
    ///   are.
    mutating func run(
        _ steps: ContiguousArray<KafkaStep>, into contents: inout KafkaContents,
        records: (UnsafeRawBufferPointer, Int, inout KafkaContents) -> Void
    ) {
        run(steps, 0..<steps.count, into: &contents, records: records)
    }

    private mutating func run(
        _ steps: ContiguousArray<KafkaStep>, _ range: Range<Int>, into contents: inout KafkaContents,
        records: (UnsafeRawBufferPointer, Int, inout KafkaContents) -> Void
    ) {
        var index = range.lowerBound
        while index < range.upperBound, !reader.isExhausted {
            let step = steps[index]
            let inside = index + 1..<min(index + 1 + Int(step.inside), range.upperBound)
            index = inside.upperBound
            guard step.first <= version, version <= step.last else { continue }
            switch step.kind {
            case .list, .structures:
                guard var count = reader.length(isCompact: isFlexible, isShort: false) else {
                    if reader.isExhausted { isCut = true }
                    continue
                }
                while count > 0, !reader.isExhausted {
                    count -= 1
                    let before = reader.rest.count
                    run(steps, inside, into: &contents, records: records)
                    if reader.isExhausted, count > 0 { isCut = true }
                    if isFlexible, step.kind == .structures, !reader.isExhausted {
                        reader.skipTags()
                        if reader.isExhausted, count > 0 { isCut = true }
                    }
                    // What takes no bytes could be many times nothing.
                    guard reader.rest.count < before else { break }
                }
            case .records:
                let length = reader.length(isCompact: isFlexible, isShort: false)
                if reader.isExhausted { isCut = true }
                guard let count = length else { continue }
                records(reader.prefix(count), count, &contents)
            default:
                take(step, into: &contents)
                if reader.isExhausted { isCut = true }
            }
        }
    }

    private mutating func take(_ step: KafkaStep, into contents: inout KafkaContents) {
        switch step.kind {
        case .int8: _ = reader.take(1)
        case .int16:
            let number = reader.integer(Int16.self)
            if !reader.isExhausted { contents.take(step.role, number: Int64(number)) }
        case .int32:
            let number = reader.integer(Int32.self)
            if !reader.isExhausted { contents.take(step.role, number: Int64(number)) }
        case .int64:
            let number = reader.integer(Int64.self)
            if !reader.isExhausted { contents.take(step.role, number: number) }
        case .uuid:
            let id = KafkaTopicID(high: reader.integer(), low: reader.integer())
            if !reader.isExhausted { contents.take(step.role, id: id) }
        case .string:
            let text = reader.text(isCompact: isFlexible, isShort: true)
            if !reader.isExhausted { contents.take(step.role, text: text) }
        case .bytes: _ = reader.text(isCompact: isFlexible, isShort: false)
        case .tags: if isFlexible { reader.skipTags() }
        case .records, .list, .structures: break
        }
    }
}
