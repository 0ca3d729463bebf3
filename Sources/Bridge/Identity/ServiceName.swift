/// What to call a program that does not say its own name.
enum ServiceName {
    /// A name from the command line: `java -jar shop.jar` is `shop`, `python3 -m app` is `app`, `nginx` is `nginx`.
    ///
    /// - Parameters:
    ///   - arguments: the command line; programs may have overwritten it.
    ///   - executable: the path of the executable, if it could be read.
    ///   - command: the thread's name, for when nothing else is known.
    static func guess(arguments: [String], executable: String?, command: String) -> String {
        let program = executable.map(baseName) ?? arguments.first.map(baseName) ?? command
        let rest = Array(arguments.dropFirst())
        let name: String?
        switch interpreter(program) {
        case .java: name = javaName(rest)
        case .python: name = pythonName(rest)
        case .script: name = scriptName(rest)
        case nil: name = nil
        }
        if let name, !name.isEmpty { return name }
        return program.isEmpty ? command.isEmpty ? "unknown_service" : command : program
    }

    private enum Interpreter { case java, python, script }

    private static func interpreter(_ program: String) -> Interpreter? {
        if program == "java" { return .java }
        if program.hasPrefix("python") || program.hasPrefix("pypy") { return .python }
        let scripting = ["node", "nodejs", "ruby", "perl", "php", "deno", "bun", "lua", "tclsh"]
        return scripting.contains { program == $0 || isVersion(of: $0, program) } ? .script : nil
    }

    /// `php8.2` is a version of `php`.
    private static func isVersion(of name: String, _ program: String) -> Bool {
        program.hasPrefix(name) && program.dropFirst(name.count).allSatisfy { $0.isNumber || $0 == "." }
    }

    private static func javaName(_ arguments: [String]) -> String? {
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            if argument == "-jar", index + 1 < arguments.count {
                return withoutSuffix(baseName(arguments[index + 1]))
            }
            if ["-cp", "-classpath", "--class-path", "-p", "--module-path", "--add-modules"].contains(argument) {
                index += 2
            } else if argument == "-m" || argument == "--module", index + 1 < arguments.count {
                return lastPart(arguments[index + 1])
            } else if argument.hasPrefix("-") {
                index += 1
            } else {
                return lastPart(argument)
            }
        }
        return nil
    }

    private static func pythonName(_ arguments: [String]) -> String? {
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            if argument == "-m" { return index + 1 < arguments.count ? arguments[index + 1] : nil }
            if argument == "-c" { return nil }
            if ["-W", "-X", "--check-hash-based-pycs"].contains(argument) {
                index += 2
            } else if argument.hasPrefix("-") {
                index += 1
            } else {
                return withoutSuffix(baseName(argument))
            }
        }
        return nil
    }

    private static func scriptName(_ arguments: [String]) -> String? {
        guard let script = arguments.first(where: { !$0.hasPrefix("-") }) else { return nil }
        // A word that is no file (an option's value, a sub-command) is still the best name there is.
        return withoutSuffix(baseName(script))
    }

    private static func baseName(_ path: String) -> String {
        var path = path[...]
        if path.hasSuffix(" (deleted)") { path = path.dropLast(10) }
        return String(path.split(separator: "/").last ?? "")
    }

    private static func withoutSuffix(_ name: String) -> String {
        for suffix in [
            ".jar", ".war", ".py", ".pyc", ".js", ".mjs", ".cjs", ".ts", ".rb", ".pl", ".php", ".lua", ".tcl",
        ]
        where name.hasSuffix(suffix) && name.count > suffix.count {
            return String(name.dropLast(suffix.count))
        }
        return name
    }

    /// The last part of a class or module name.
    private static func lastPart(_ name: String) -> String {
        String(name.split { $0 == "." || $0 == "/" }.last ?? "")
    }
}
