/// What a Python interpreter runs: a module, a script, or the application that a server is told to run.
enum PythonCommand {
    private static let taking = ["-W", "-X", "--check-hash-based-pycs"]
    /// Servers and workers that run somebody else's application, which their arguments name.
    private static let hosts = [
        "gunicorn", "uvicorn", "hypercorn", "daphne", "granian", "waitress-serve", "flask", "celery", "fastapi",
        "uwsgi",
        "opentelemetry-instrument", "ddtrace-run",
    ]

    static func name(_ arguments: [String]) -> String? {
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            if argument == "-m" {
                guard index + 1 < arguments.count else { return nil }
                return hosted(by: arguments[index + 1], Array(arguments[(index + 2)...]))
            }
            if argument == "-c" { return nil }
            if taking.contains(argument) {
                index += 2
            } else if argument.hasPrefix("-") {
                index += 1
            } else {
                let script = ServiceName.withoutSuffix(ServiceName.baseName(argument))
                return hosted(by: script, Array(arguments[(index + 1)...]))
            }
        }
        return nil
    }

    /// The application that a server runs; of any other program its own name.
    private static func hosted(by program: String, _ arguments: [String]) -> String {
        guard hosts.contains(program) else { return program }
        if program == "opentelemetry-instrument" || program == "ddtrace-run" {
            // A command of its own follows.
            guard let start = arguments.firstIndex(where: { !$0.hasPrefix("-") }) else { return program }
            let command = ServiceName.baseName(arguments[start])
            let rest = Array(arguments[(start + 1)...])
            return ServiceName.withoutVersion(command) == "python" ? name(rest) ?? program : hosted(by: command, rest)
        }
        if let named = arguments.value(after: ["-A", "--app"]) { return application(named) }
        if let named = arguments.first(where: isApplication) { return application(named) }
        if let file = arguments.first(where: { $0.hasSuffix(".py") }) {
            return ServiceName.withoutSuffix(ServiceName.baseName(file))
        }
        return program
    }

    /// `shop.wsgi:application` is `shop`, `app:app` is `app`, `shop.api.main` is `api`; what says only where an application begins
    /// is no part of its name.
    static func application(_ text: String) -> String {
        let module = ServiceName.withoutSuffix(ServiceName.baseName(String(text.prefix { $0 != ":" })))
        var parts = module.split(separator: ".")
        while parts.count > 1, ["wsgi", "asgi", "main", "app", "application", "celery"].contains(parts.last) {
            parts.removeLast()
        }
        return String(parts.last ?? "")
    }

    /// `module:attribute` or `module:factory()`: no address, which has digits behind its colon.
    private static func isApplication(_ argument: String) -> Bool {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let first = parts[0].first, let second = parts[1].first else { return false }
        func begins(_ letter: Character) -> Bool { letter.isLetter || letter == "_" }
        return begins(first) && begins(second) && parts[0].allSatisfy { begins($0) || $0.isNumber || $0 == "." }
    }
}
