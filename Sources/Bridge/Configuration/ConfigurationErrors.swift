/// Everything that is wrong with a configuration, at once.
public struct ConfigurationErrors: Error, CustomStringConvertible, Sendable {
    /// One thing that is wrong.
    public struct Problem: CustomStringConvertible, Sendable, Hashable {
        /// The key's path (`receivers.ebpf.hook`), the environment variable, or the file.
        public var path: String
        /// The line of the file, the first is 1; nil when there is none.
        public var line: Int?
        /// What was expected.
        public var message: String

        /// `path: line N: what was expected`, always one line.
        public var description: String {
            path + ": " + (line.map { "line \($0): " } ?? "") + message
        }
    }

    /// What is wrong, by line; what has no line comes last.
    public var problems: [Problem]

    /// The problems, one a line.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// Collects what is wrong, and what is merely odd, while a configuration is read.
struct ConfigurationProblems {
    /// Most errors that are kept; a file of a million wrong keys is answered by the first hundred.
    static let maximum = 100

    /// What is wrong, in the order it was found.
    private(set) var errors: [ConfigurationErrors.Problem] = []
    /// What is odd and was helped, a line each.
    private(set) var warnings: [String] = []

    /// Whether no more errors are kept, so that looking for more is of no use.
    var isFull: Bool { errors.count >= Self.maximum }

    /// Notes an error. One that came from the environment is named by its variable.
    mutating func add(_ path: String, _ origin: ConfigurationNode.Origin, _ message: String) {
        guard !isFull else { return }
        switch origin {
        case .line(let line): errors.append(.init(path: Self.printable(path), line: line, message: message))
        case .environment(let name): errors.append(.init(path: Self.printable(name), line: nil, message: message))
        case .builtIn: errors.append(.init(path: Self.printable(path), line: nil, message: message))
        }
    }

    /// Notes something that is odd.
    mutating func warn(_ message: String) {
        guard warnings.count < Self.maximum else { return }
        warnings.append(message)
    }

    /// Notes something that is odd about a key. One that came from the environment is named by its variable.
    mutating func warn(_ path: String, _ origin: ConfigurationNode.Origin, _ message: String) {
        if case .environment(let name) = origin {
            warn(Self.printable(name) + ": " + message)
        } else {
            warn(Self.printable(path) + ": " + message)
        }
    }

    /// Notes the errors of others, without what they found odd.
    mutating func add(errorsOf other: Self) {
        errors += other.errors.prefix(Self.maximum - errors.count)
    }

    /// The errors, sorted.
    var sorted: ConfigurationErrors {
        ConfigurationErrors(
            problems: errors.sorted {
                ($0.line ?? .max, $0.path, $0.message) < ($1.line ?? .max, $1.path, $1.message)
            })
    }

    /// A text that somebody wrote, fit for one line of a message.
    static func printable(_ text: String) -> String {
        let clean = String(
            String.UnicodeScalarView(
                text.unicodeScalars.prefix(120).map { $0.properties.isWhitespace || $0.value < 32 ? " " : $0 }))
        return text.unicodeScalars.count > 120 ? clean + "..." : clean
    }
}
