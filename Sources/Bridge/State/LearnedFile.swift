/// Something that was learned, on disk, so that a restart does not start cold. Safe to delete.
///
/// The file, version 1: ``StateFormat`` with eight letters of its own and the count of the bytes that follow, which only
/// whoever learned understands.
struct LearnedFile: Sendable {
    /// What correlation has learned.
    static let models = LearnedFile(
        name: "correlate-models", letters: "ISPMODEL", maximumBytes: 1 << 20,
        lost: "what correlation had learned is not known any more",
        unkept: "what correlation learns will not be known after a restart")
    /// The routes of HTTP that have shown themselves.
    static let routes = LearnedFile(
        name: "learned-routes", letters: "ISPROUTE", maximumBytes: 4 << 20,
        lost: "the routes that were learned are not known any more",
        unkept: "the routes that are learned will not be known after a restart")

    /// The file's name in its folder.
    let name: String
    /// Most bytes that are kept. More are not written.
    let maximumBytes: Int
    /// What is said where it cannot be used, and where it cannot be written.
    let lost: String
    let unkept: String
    private let format: StateFormat

    private init(name: String, letters: StaticString, maximumBytes: Int, lost: String, unkept: String) {
        self.name = name
        self.maximumBytes = maximumBytes
        self.lost = lost
        self.unkept = unkept
        format = StateFormat(magic: letters, version: 1)
    }

    /// Reads what an earlier run has left in a folder; nil if there is nothing, with the reason if that is a problem.
    func read(folder: String) -> (learned: [UInt8]?, problem: String?) {
        let sizes = StateFormat.header...StateFormat.header + maximumBytes
        let reading = StateFile(folder: folder, name: name).read(sizes: sizes)
        guard let bytes = reading.bytes else { return (nil, reading.problem) }
        guard let count = format.count(of: bytes), bytes.count == StateFormat.header + Int(count) else {
            return (nil, "damaged, or of another version")
        }
        return (Array(bytes.dropFirst(StateFormat.header)), nil)
    }

    /// Replaces the file of a folder.
    /// - Returns: why that failed; nil if it did not.
    func write(_ learned: [UInt8], folder: String) -> String? {
        guard learned.count <= maximumBytes else { return "\(learned.count) bytes are more than \(maximumBytes)" }
        var bytes = format.begin()
        bytes.append(contentsOf: learned)
        format.seal(&bytes, count: UInt32(learned.count))
        return StateFile(folder: folder, name: name).write(bytes)
    }
}
