import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate

/// What `processors.correlate` means to Capture and to Correlate.
@Suite struct ConfigurationCorrelateTests {
    private typealias Support = ConfigurationTestSupport

    private func correlate(_ text: String) throws -> Configuration {
        try Support.load("processors: {correlate: {\(text)}}").configuration
    }

    @Test func valuesAreLookedForUnlessTheyAreSwitchedOff() throws {
        let plain = try Support.load().configuration
        #expect(plain.captureOptions.values.isOn && plain.correlateOptions.usesValues)
        #expect(plain.captureOptions.values.ignored.isEmpty)
        for off in ["value_echo: false", "enabled: false"] {
            let configuration = try correlate(off)
            #expect(!configuration.captureOptions.values.isOn && !configuration.correlateOptions.usesValues)
        }
        let some = try correlate("echo_ignore: [Session, 'truth*']").captureOptions.values
        #expect(some.isOn && some.ignored == ["Session", "truth*"])
    }

    @Test func ignoredNamesAreBounded() {
        func errors(_ count: Int) -> [String] {
            let names = (0..<count).map { "x-\($0)" }.joined(separator: ", ")
            return Support.errors("processors: {correlate: {echo_ignore: [\(names)]}}")
        }
        #expect(errors(64).isEmpty)
        #expect(errors(65).first?.hasSuffix("expected at most 64 names") == true)
    }
}
