/// Reads the short form in which ``KafkaAPI`` writes down what messages consist of.
///
/// Words are separated by one space, in the order of the wire: `i8`, `i16`, `i32`, `i64`, `uuid`, `string`, `bytes`,
/// `records`, `tags`. `[i32]` is an array of numbers, `{ ... }` one of structures. Behind a word may stand what it is
/// to us, as `string:topic`, and the versions that have it: `@3+`, `@-12`, `@8-10`. Tagged fields at the end of
/// structures are not written. A message may be written down only as far as it is of interest.
enum KafkaGrammar {
    /// The steps that a text says; nil when it is ill-formed.
    static func steps(_ text: StaticString) -> [KafkaStep]? {
        var steps: [KafkaStep] = []
        var open: [Int] = []
        for word in text.description.split(separator: " ") {
            let parts = word.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
            guard let versions = parts.count == 2 ? versions(parts[1]) : (0, .max) else { return nil }
            switch parts[0] {
            case "{":
                open.append(steps.count)
                steps.append(KafkaStep(kind: .structures))
            case "}":
                guard let start = open.popLast() else { return nil }
                steps[start].inside = Int32(steps.count - start - 1)
                (steps[start].first, steps[start].last) = versions
            case let list where list.first == "[" && list.last == "]":
                guard let element = value(list.dropFirst().dropLast()) else { return nil }
                steps.append(KafkaStep(kind: .list, first: versions.0, last: versions.1, inside: 1))
                steps.append(element)
            case let name:
                guard var value = value(name) else { return nil }
                (value.first, value.last) = versions
                steps.append(value)
            }
        }
        return open.isEmpty ? steps : nil
    }

    private static func value(_ word: Substring) -> KafkaStep? {
        let parts = word.split(separator: ":", maxSplits: 1)
        guard let first = parts.first, let kind = kind(first) else { return nil }
        guard let role = parts.count == 2 ? role(parts[1]) : KafkaRole.none else { return nil }
        return KafkaStep(kind: kind, role: role)
    }

    private static func kind(_ name: Substring) -> KafkaStep.Kind? {
        switch name {
        case "i8": .int8
        case "i16": .int16
        case "i32": .int32
        case "i64": .int64
        case "uuid": .uuid
        case "string": .string
        case "bytes": .bytes
        case "records": .records
        case "tags": .tags
        default: nil
        }
    }

    private static func role(_ name: Substring) -> KafkaRole? {
        switch name {
        case "topic": .topic
        case "topicID": .topicID
        case "itsID": .itsID
        case "partition": .partition
        case "error": .error
        case "group": .group
        case "acks": .acks
        case "offset": .offset
        case "epoch": .epoch
        default: nil
        }
    }

    private static func versions(_ text: Substring) -> (Int16, Int16)? {
        if text.last == "+" { return Int16(text.dropLast()).map { ($0, .max) } }
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard ends.count == 2, let last = Int16(ends[1]) else { return nil }
        return ends[0].isEmpty ? (0, last) : Int16(ends[0]).map { ($0, last) }
    }
}
