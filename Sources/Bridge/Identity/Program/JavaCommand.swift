/// What a Java virtual machine runs.
enum JavaCommand {
    private static let taking = ["-cp", "-classpath", "--class-path", "-p", "--module-path", "--add-modules"]

    /// The application's own name where a property says it, else that of its archive, module or main class.
    static func name(_ arguments: [String]) -> String? {
        if let name = arguments.value(after: ["-Dspring.application.name"]), !name.isEmpty { return name }
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            if argument == "-jar", index + 1 < arguments.count { return archive(arguments[index + 1]) }
            if taking.contains(argument) {
                index += 2
            } else if argument == "-m" || argument == "--module", index + 1 < arguments.count {
                return lastPart(arguments[index + 1])
            } else if argument.hasPrefix("-") || argument.hasPrefix("@") {
                index += 1
            } else {
                return lastPart(argument)
            }
        }
        return nil
    }

    /// `shop.jar` and `shop-1.2.3-SNAPSHOT.jar` are `shop`: a service keeps its name when its version changes.
    private static func archive(_ path: String) -> String {
        let name = ServiceName.withoutSuffix(ServiceName.baseName(path))
        for index in name.indices.dropFirst() where name[index] == "-" {
            let version = name[name.index(after: index)...]
            let number = version.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            if number.contains("."), number.first?.isNumber == true { return String(name[..<index]) }
        }
        return name
    }

    /// The last part of a class or module name.
    private static func lastPart(_ name: String) -> String {
        String(name.split { $0 == "." || $0 == "/" }.last ?? "")
    }
}
