import ArgumentParser
import Bridge
import Glibc

/// `interspan doctor`
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "What this kernel, its privileges and its processes allow; what to do about the rest.",
        discussion: """
            Loads every program and takes it out again. Exit status 1 when nothing can be captured here.

            EXAMPLES
              sudo interspan doctor
              sudo interspan doctor --json
              sudo interspan doctor --processes --config /etc/interspan.yaml
            """)

    @Flag(help: "Write JSON.")
    var json = false

    @Flag(help: "Instead, list the processes that talk: whether each is watched, and by which rule.")
    var processes = false

    @OptionGroup var options: ConfigurationOption

    func run() throws {
        let isColoured = Terminal.hasColours(STDOUT_FILENO, environment: ProcessEnvironment.current)
        let configuration = try options.load().configuration
        if processes {
            let report = ProcessReport(configuration: configuration)
            return Output.data(json ? report.json : report.text(coloured: isColoured))
        }
        let doctor = Doctor(configuration: configuration)
        Output.data(json ? doctor.json : doctor.text(coloured: isColoured))
        if !doctor.canCapture { throw ExitCode(1) }
    }
}
