// The C library declares `environ` without saying that nobody writes it; nothing here ever calls `setenv`.
@preconcurrency import Glibc

/// The variables of this process.
public enum ProcessEnvironment {
    /// Every variable; of one that is there twice the first, as `getenv` has it. What is no UTF-8 is repaired.
    public static var current: [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text)
            if let equals = pair.firstIndex(of: "="), variables[String(pair[..<equals])] == nil {
                variables[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
            }
            entry += 1
        }
        return variables
    }
}
