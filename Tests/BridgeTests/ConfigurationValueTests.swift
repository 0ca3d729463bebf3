import Testing

@testable import Bridge

@Suite struct ConfigurationValueTests {
    @Test(
        arguments: [
            ("0", 0), ("0s", 0), ("1ns", 1), ("10s", 10_000_000_000), ("200ms", 200_000_000), ("1m30s", 90_000_000_000),
            ("1.5s", 1_500_000_000), ("2h", 7_200_000_000_000), ("3us", 3000), ("3µs", 3000),
        ] as [(String, UInt64)]) func durationsAreRead(_ text: String, _ nanoseconds: UInt64)
    {
        #expect(DurationText.parse(text) == nanoseconds)
        #expect(DurationText.parse(DurationText.format(nanoseconds)) == nanoseconds)
    }

    @Test(
        arguments: [
            "", "10", "s", "-1s", "1 s", "1s ", "1d", "1.2.3s", ".s", "1e3s", "99999999999999999999s",
            "18446744073709551615h",
            "9999999h9999999h", "٣s", "1s1", String(repeating: "1s", count: 100),
        ]) func whatIsNoDurationIsRefused(_ text: String)
    {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(
        arguments: [
            ("0", 0), ("4096", 4096), ("8MiB", 8 << 20), ("8 MiB", 8 << 20), ("64KiB", 65_536), ("1GB", 1_000_000_000),
            ("1gib", 1 << 30), ("5B", 5), ("2kb", 2000),
        ] as [(String, UInt64)]) func byteSizesAreRead(_ text: String, _ bytes: UInt64)
    {
        #expect(ByteSize.parse(text) == bytes)
        #expect(ByteSize.parse(ByteSize.format(bytes)) == bytes)
    }

    @Test(arguments: [
        "", "MiB", "-1", "1.5MiB", "8 Mi B", "8TiB", "99999999999999999999", "18446744073709551615KiB", "٣",
    ])
    func whatIsNoByteSizeIsRefused(_ text: String) {
        #expect(ByteSize.parse(text) == nil)
    }

    @Test(arguments: ["", "nan", "inf", "-0.1", "1.1", "0x1", "one", "1,5"]) func whatIsNoShareIsRefused(_ text: String)
    {
        #expect(ConfigurationValueType<Double>.number(0...1).parse(text) == nil)
    }

    @Test func suggestionsAreNearOrAbsent() {
        #expect(Suggestion.nearest(to: "endpont", among: ["endpoint", "headers"]) == "endpoint")
        #expect(Suggestion.nearest(to: "zzz", among: ["endpoint", "headers"]) == nil)
        #expect(Suggestion.nearest(to: "", among: ["a"]) == nil)
        #expect(Suggestion.nearest(to: String(repeating: "x", count: 100_000), among: ["endpoint"]) == nil)
    }
}
