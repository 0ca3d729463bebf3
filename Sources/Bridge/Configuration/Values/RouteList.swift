/// `service.routes`: how templates of routes are read.
enum RouteList {
    /// The kind, as the documentation names it.
    static let typeName = "route"
    /// What the key means, in one line.
    static let summary =
        "Routes of HTTP beside those that are learned, for the names of spans: `{name}` stands for one part of a path, `*` at"
        + " the end for all that follows. The first that fits counts."

    /// The templates; what is wrong with any is reported.
    static func read(
        _ node: ConfigurationNode, _ path: String, _ problems: inout ConfigurationProblems
    ) -> [RouteTemplate] {
        guard let items = node.items, items.count <= RouteTemplate.maximum else {
            problems.add(
                path, node.origin,
                "expected a list of at most \(RouteTemplate.maximum) routes, each such as /users/{id} or /files/*")
            return []
        }
        var templates: [RouteTemplate] = []
        for item in items {
            guard case .scalar(let text) = item.value else {
                problems.add(path, item.origin, "expected a route such as /users/{id}")
                continue
            }
            do throws(RouteTemplate.Mistake) {
                let template = try RouteTemplate(text)
                if let before = templates.first(where: { $0.covers(template) }) {
                    problems.warn(
                        path, item.origin,
                        "\(ConfigurationProblems.printable(text)) has no effect behind "
                            + ConfigurationProblems.printable(before.text))
                }
                templates.append(template)
            } catch {
                problems.add(
                    path, item.origin,
                    "'\(ConfigurationProblems.printable(text))': expected "
                        + ConfigurationProblems.printable(error.expectation))
            }
        }
        return templates
    }
}
