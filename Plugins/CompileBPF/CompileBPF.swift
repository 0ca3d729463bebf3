import Foundation
import PackagePlugin

/// Compiles `bpf/interspan.bpf.c` with the Swift toolchain's own clang and writes it as a Swift source file, so that the
/// programs are inside the binary and there is one file to ship.
@main
struct CompileBPF: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let root = context.package.directoryURL
        let folder = root.appending(path: "bpf")
        let script = root.appending(path: "scripts/embed-bpf")
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedBPF.swift")
        let sources = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".c") || $0.hasSuffix(".h") }
            .sorted()
            .map { folder.appending(path: $0) }
        return [
            .buildCommand(
                displayName: "Compiling BPF programs",
                executable: URL(filePath: "/bin/sh"),
                arguments: [script.path, folder.appending(path: "interspan.bpf.c").path, output.path],
                inputFiles: sources + [script],
                outputFiles: [output])
        ]
    }
}
