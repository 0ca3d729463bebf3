/// Finds what somebody who wrote a name probably meant.
enum Suggestion {
    /// The candidate nearest to a name, when it is near enough: at most two edits, or one in three letters.
    static func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
        guard name.utf8.count <= 64 else { return nil }
        let written = Array(name.lowercased().utf8)
        let limit = max(2, (written.count + 1) / 3)
        let distances = candidates.map { ($0, distance(written, Array($0.utf8))) }
        return distances.filter { $0.1 <= limit && $0.1 < $0.0.utf8.count }.min { $0.1 < $1.1 }?.0
    }

    /// `unknown key, did you mean 'x'?`, or what there is to choose from.
    static func message(unknown kind: String, _ name: String, among candidates: [String]) -> String {
        if let nearest = nearest(to: name, among: candidates) { return "unknown \(kind), did you mean '\(nearest)'?" }
        guard !candidates.isEmpty else { return "unknown \(kind), none is expected here" }
        return "unknown \(kind), expected one of " + candidates.joined(separator: ", ")
    }

    /// Edits (insert, delete, replace) that lead from one to the other.
    private static func distance(_ from: [UInt8], _ to: [UInt8]) -> Int {
        var row = Array(0...to.count)
        for (line, byte) in from.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for (column, other) in to.enumerated() {
                let replaced = diagonal + (byte == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
            }
        }
        return row[to.count]
    }
}
