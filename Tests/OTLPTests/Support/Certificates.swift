import Foundation
import Testing

/// Certificates of a test's own making, in a directory that goes with it.
struct Certificates {
    let directory = TemporaryDirectory()

    /// Makes a certificate that signs itself, with its key, in `name.pem` and `name.key`.
    /// - Parameter subject: for whom, as a subjectAltName.
    func make(_ name: String, for subject: String = "IP:127.0.0.1") throws {
        let made = try run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=\(name)", "-addext", "subjectAltName=\(subject)", "-keyout", key(name), "-out", pem(name),
            ])
        try #require(made.isGood, "\(made.output)")
    }

    /// Puts one certificate and its key where another was.
    func replace(_ name: String, by other: String) throws {
        for (target, source) in [(pem(name), pem(other)), (key(name), key(other))] {
            try Data(contentsOf: URL(fileURLWithPath: source)).write(to: URL(fileURLWithPath: target))
        }
    }

    /// Joins certificates in one file.
    func join(_ names: [String], as result: String) throws {
        let text = try names.map { try String(contentsOfFile: pem($0), encoding: .utf8) }.joined()
        try text.write(toFile: pem(result), atomically: false, encoding: .utf8)
    }

    func pem(_ name: String) -> String { directory.path("\(name).pem") }
    func key(_ name: String) -> String { directory.path("\(name).key") }
    func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
}
