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
            """)

    @Flag(help: "Write JSON.")
    var json = false

    func run() throws {
        let doctor = Doctor()
        let isColoured = Terminal.hasColours(STDOUT_FILENO, environment: ProcessEnvironment.current)
        Output.data(json ? doctor.json : doctor.text(coloured: isColoured))
        if !doctor.canCapture { throw ExitCode(1) }
    }
}
