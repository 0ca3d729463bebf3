import Threading
import Foundation
import Synchronization

@testable import OTLP

/// A moment so many seconds from now, as exporters want it.
func inSeconds(_ seconds: Double) -> UInt64 { Monotonic.now() + UInt64(seconds * 1e9) }

/// Waits until something holds, also on machines that stand still for half a minute; a test that waits in vain says so by what it expects afterwards.
func eventually(_ holds: () -> Bool) {
    let end = inSeconds(240)
    while !holds(), Monotonic.now() < end { usleep(2000) }
}

/// A log that keeps its lines.
final class LogRecorder: Sendable {
    private let kept = Mutex<[String]>([])
    var lines: [String] { kept.withLock { $0 } }
    var log: ExporterLog { ExporterLog { [self] line in kept.withLock { $0.append(line) } } }
}

/// A directory that goes when the test ends.
final class TemporaryDirectory: Sendable {
    let url: URL

    init() {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("interspan-\(UUID().uuidString)")
        // A test that cannot have a directory fails at its first use.
        try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}

/// The folder of the tests against other software.
let peers = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Peers")

/// Runs a program to its end; its output and whether it was content.
func run(_ program: String, _ arguments: [String]) throws -> (output: String, isGood: Bool) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (String(decoding: text, as: UTF8.self), process.terminationStatus == 0)
}
