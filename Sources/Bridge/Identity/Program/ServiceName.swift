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
        let name = titled(program, arguments.first ?? "") ?? interpreted(program, Array(arguments.dropFirst()))
        if let name, !name.isEmpty, name.utf8.count <= 128 { return name }
        return program.isEmpty ? command.isEmpty ? "unknown_service" : command : program
    }

    /// What an interpreter runs.
    private static func interpreted(_ program: String, _ arguments: [String]) -> String? {
        switch withoutVersion(program) {
        case "java": JavaCommand.name(arguments)
        case "python", "pypy": PythonCommand.name(arguments)
        case "dotnet": dotnet(arguments)
        case "node", "nodejs": script(arguments, taking: nodeOptions)
        case "ruby": script(arguments, taking: ["-r", "-I", "-C", "-E"])
        case "perl": script(arguments, taking: ["-I", "-M"])
        case "php": script(arguments, taking: ["-c", "-d", "-z"])
        case "deno", "bun": script(arguments.filter { $0 != "run" }, taking: ["--config", "-c"])
        case "lua", "luajit", "tclsh", "Rscript": script(arguments, taking: ["-l"])
        case "sh", "bash", "dash", "zsh", "ash", "ksh", "busybox": shell(arguments)
        case "beam.smp": arguments.value(after: ["-sname", "-name"]).map { String($0.prefix { $0 != "@" }) }
        default: nil
        }
    }

    private static let nodeOptions = [
        "-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions", "--env-file",
    ]

    /// Titles that programs give themselves: `php-fpm: pool shop`, `puma 6.4.0 (tcp://0.0.0.0:3000) [shop]`,
    /// `gunicorn: worker [shop]`. PHP's usual pool `www` and a master process are the program's own.
    private static func titled(_ program: String, _ title: String) -> String? {
        if program.hasPrefix("php-fpm"), title.hasPrefix("php-fpm: pool ") {
            let pool = String(title.dropFirst(14).prefix { $0 != " " })
            return pool == "www" || pool.isEmpty ? program : pool
        }
        for prefix in ["puma ", "puma: ", "gunicorn: "] where title.hasPrefix(prefix) && title.hasSuffix("]") {
            guard let bracket = title.lastIndex(of: "[") else { continue }
            return PythonCommand.application(String(title[title.index(after: bracket)...].dropLast()))
        }
        return nil
    }

    /// `dotnet app.dll`, `dotnet exec --depsfile x app.dll`, `dotnet run --project Shop`.
    private static func dotnet(_ arguments: [String]) -> String? {
        if let assembly = arguments.first(where: { $0.hasSuffix(".dll") }) { return withoutSuffix(baseName(assembly)) }
        return arguments.value(after: ["--project", "-p"]).map { withoutSuffix(baseName($0)) }
    }

    /// The first word that is no option nor an option's value. A word that is no file (a sub-command) is still the best name
    /// there is.
    private static func script(_ arguments: [String], taking options: [String]) -> String? {
        var index = 0
        while index < arguments.count {
            if options.contains(arguments[index]) {
                index += 2
            } else if arguments[index] == "-e" || arguments[index] == "--eval" {
                return nil
            } else if arguments[index].hasPrefix("-") {
                index += 1
            } else {
                return withoutSuffix(baseName(arguments[index]))
            }
        }
        return nil
    }

    /// A script's name; not a command's (`sh -c`).
    private static func shell(_ arguments: [String]) -> String? {
        for argument in arguments {
            guard argument.hasPrefix("-") || argument.hasPrefix("+") else {
                return argument.contains("/") || argument.contains(".") ? withoutSuffix(baseName(argument)) : nil
            }
            if !argument.hasPrefix("--"), argument.dropFirst().contains(where: { "cos".contains($0) }) { return nil }
        }
        return nil
    }

    // MARK: Parts of names

    /// The last part of a path, without what /proc says of a file that is gone.
    static func baseName(_ path: String) -> String {
        var path = path[...]
        if path.hasSuffix(" (deleted)") { path = path.dropLast(10) }
        return String(path.split(separator: "/").last ?? "")
    }

    /// `python3.11` is `python`, `php8.2` is `php`.
    static func withoutVersion(_ program: String) -> String {
        var name = program[...]
        while let last = name.last, last.isASCII, last.isNumber || last == "." || last == "-" { name = name.dropLast() }
        return name.isEmpty ? program : String(name)
    }

    /// A file's name without what says its kind.
    static func withoutSuffix(_ name: String) -> String {
        for suffix in suffixes where name.hasSuffix(suffix) && name.utf8.count > suffix.utf8.count {
            return String(name.dropLast(suffix.count))
        }
        return name
    }

    private static let suffixes = [
        ".jar", ".war", ".pyc", ".pyz", ".py", ".mjs", ".cjs", ".js", ".mts", ".ts", ".rb", ".ru", ".pl", ".psgi",
        ".php",
        ".lua", ".tcl", ".dll", ".csproj", ".bash", ".sh", ".R",
    ]
}

extension [String] {
    /// What follows one of several options, or stands behind it and `=`.
    func value(after options: [String]) -> String? {
        for (index, argument) in enumerated() {
            if options.contains(argument), index + 1 < count { return self[index + 1] }
            for option in options where argument.hasPrefix(option + "=") {
                return String(argument.dropFirst(option.utf8.count + 1))
            }
        }
        return nil
    }
}
