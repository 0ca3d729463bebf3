import Propagation
import Testing

private let java = "56a5e1c519ae4c76a2b8b11d92cead7f.12.16563474296430001"
private let plain = "56a5e1c519ae4c76a2b8b11d92cead7f"

private func encode(_ text: String) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var encoded = ""
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
        for index in 0...group.count { encoded.append(digits[bits >> (18 - 6 * index) & 63]) }
        encoded += String(repeating: "=", count: 3 - group.count)
    }
    return encoded
}

private func header(
    _ trace: String, _ segment: String = java, sample: String = "1", index: String = "3",
    rest: [String] = ["shop", "shop-1", "/GET/cart", "10.0.0.1:80"]
) -> String {
    ([sample, encode(trace), encode(segment), index] + rest.map(encode)).joined(separator: "-")
}

private func sw8(_ value: String) -> TraceContext? { context(("sw8", value)) }

/// The expected ids were computed byte by byte by another program, in another language; two are the Collector's own.
@Suite struct SkyWalkingTests {
    @Test func aHeaderIsReadAsItStands() {
        let value =
            "1-NTZhNWUxYzUxOWFlNGM3NmEyYjhiMTFkOTJjZWFkN2YuMTIuMTY1NjM0NzQyOTY0MzAwMDE=-"
            + "NTZhNWUxYzUxOWFlNGM3NmEyYjhiMTFkOTJjZWFkN2YuMTIuMTY1NjM0NzQyOTY0MzAwMDE=-3-YQ==-Yg==-L3g=-MToy"
        #expect(header(java, rest: ["a", "b", "/x", "1:2"]) == value)
        #expect(
            sw8(value) == TraceContext(0x56a5_e1c5_15ae_4c76, 0x13e5_1e7c_f616_977f, 0x4640_ffb9_e3b8_db09, .keep))
        #expect(sw8(" \t\(value) ") == sw8(value))
    }

    @Test(
        arguments: [
            ("de5980b8-fce3-4a37-aab9-b4ac3af7eedd", 0xde59_80b8_fce3_4a37, 0xaab9_b4ac_3af7_eedd),
            ("de5980b8fce34a37aab9b4ac3af7eedd", 0xde59_80b8_fce3_4a37, 0xaab9_b4ac_3af7_eedd),
            ("DE5980B8-fce3-4a37-AAB9-b4ac3af7eedd", 0xde59_80b8_fce3_4a37, 0xaab9_b4ac_3af7_eedd),
            (java, 0x56a5_e1c5_15ae_4c76, 0x13e5_1e7c_f616_977f),
            (
                "0123456789abcdef0123456789abcdef.4294967298.9223372036854775807", 0x0123_4567_8bab_cdef,
                0xfedc_ba98_7654_3290
            ),
            (
                "0123456789abcdef0123456789abcdef.-1.-9223372036854775808", 0x0123_4567_7654_3210, 0x0123_4567_89ab_cd6f
            ),
            ("0123456789abcdef0123456789abcdef.000.+00", 0x0123_4567_89ab_cdef, 0x0123_4567_89ab_cdef),
        ] as [(String, UInt64, UInt64)])
    func traceIDsAreMappedAsTheCollectorDoes(_ trace: String, _ high: UInt64, _ low: UInt64) {
        let context = sw8(header(trace))
        #expect(context?.traceHigh == high)
        #expect(context?.traceLow == low)
    }

    @Test(
        arguments: [
            ("4f2f27748b8e44ecaf18fe0347194e86.33.16560607369950066", "123", 0xe9c4_55a8_2542_306a),
            ("4f2f27748b8e44ecaf18fe0347194e86", "123", 0x9b37_d977_cc97_0a6a),
            (java, "0", 0x4540_ffb9_e3b8_db09), (java, "3", 0x4640_ffb9_e3b8_db09),
            (plain, "1", 0xf51d_50d8_8b60_e109), (plain, "0001", 0xf51d_50d8_8b60_e109),
            (plain, "2147483647", 0x0be2_afa7_8b60_e109),
            ("0123456789abcdef0123456789abcdef.4294967298.9223372036854775807", "258", 0xfdfe_ffff_fdff_ff7f),
            ("5a6c1ba6e3b811ee8f2a0242ac120002.140213.17001", "7", 0xbb04_19e4_fa89_13ec),
        ] as [(String, String, UInt64)])
    func spanIDsAreMappedAsTheCollectorDoes(_ segment: String, _ index: String, _ span: UInt64) {
        #expect(sw8(header(java, segment, index: index))?.spanID == span)
    }

    @Test(arguments: [
        "de5980b8-fce3-4a37-aab9-b4ac3af7eedd", "16560607369950066", "1", ".,<>?/-=+MNop", "\(plain).", "\(plain).1",
        "\(plain).1.", "\(plain)..1", "\(plain).1.2.3", "\(plain)-1-2", "\(plain)0.1.2", "\(plain).1.2x",
        "\(plain.dropLast()).1.2", "g\(plain.dropFirst()).1.2", "\(plain).1.9223372036854775808",
        "\(plain).9223372036854775808.1", "\(plain).-9223372036854775809.1",
    ])
    func aSegmentWithoutAUsableIDLeavesTheTrace(_ segment: String) {
        let context = sw8(header(java, segment))
        #expect(context?.spanID == 0)
        #expect(context?.traceHigh == 0x56a5_e1c5_15ae_4c76)
    }

    @Test(arguments: [
        "1", "abc", "de5980b8-fce3-4a37-aab9b4ac3af7eedd", "de5980b8fce3-4a37-aab9-b4ac3af7eedd-",
        "de5980b8_fce3_4a37_aab9_b4ac3af7eedd", "\(plain).1.2", "\(plain).1", "\(plain).12.165634742964300x1",
        "\(plain)-12-16563474296430001", "\(plain).1.2.300000000", "g\(plain.dropFirst()).12.16563474296430001",
        "\(plain).9223372036854775808.1", "\(plain).1.9223372036854775808", "\(plain).1.99999999999999999999999",
        "\(plain).--1.10000", "\(plain).+.100000", "00000000-0000-0000-0000-000000000000",
        "00000000000000000000000000000000.0.0", "{de5980b8fce34a37aab9b4ac3af7eedd}",
        "\(plain).\(String(repeating: "0", count: 100)).1",
    ])
    func aTraceIDOfNoShapeIsNoContext(_ trace: String) {
        #expect(sw8(header(trace)) == nil)
        #expect(outcomes(.sw8, ("sw8", header(trace))) == [.invalid])
    }

    @Test func sampleIsOneDigit() {
        #expect(sw8(header(java, sample: "0"))?.decision == .drop)
        #expect(sw8(header(java, sample: "0"))?.flags == 0)
        for sample in ["", "2", "01", "11", "t", "true", " 1", "1 "] {
            #expect(sw8("x-" + header(java, sample: sample)) == nil)
            #expect(sw8(header(java, sample: sample)) == nil || sample == " 1")
        }
    }

    @Test(arguments: [
        "", "-1", "+1", "1.0", "a", "0x1", " 1", "1 ", "2147483648", "99999999999999999999", "4294967296",
    ])
    func theIndexIsADecimalNumber(_ index: String) {
        #expect(sw8(header(java, index: index)) == nil)
    }

    @Test func theLastFourMayBeEmptyAndTheIDsMayNot() {
        #expect(sw8(header(java, rest: ["", "", "", ""])) != nil)
        #expect(sw8(header("")) == nil)
        #expect(sw8(header(java, "")) == nil)
    }

    @Test func thereAreEightFields() {
        let value = header(java)
        let fields = value.split(separator: "-").map(String.init)
        for count in 0..<8 { #expect(sw8(fields.prefix(count).joined(separator: "-")) == nil) }
        #expect(sw8(value + "-") == nil)
        #expect(sw8(value + "-YQ==") == nil)
        #expect(sw8(String(repeating: "-", count: 7)) == nil)
        #expect(sw8(String(repeating: "-", count: 100_000)) == nil)
    }

    @Test(arguments: [
        "YQ", "YQ=", "YQ===", "Y===", "=YQ=", "YQ=a", "====", "=", "A", "AAAAA", "YW_-", "YW I=", "YQ==\n", "YQ==YQ==",
        "YR==", "YWJ=", "\u{e9}\u{e9}", "AAA\0", "YQ==,", "%3D==",
    ])
    func base64IsStrict(_ bad: String) {
        let fields = header(java).split(separator: "-").map(String.init)
        for index in [1, 2, 4, 5, 6, 7] {
            var changed = fields
            changed[index] = bad
            // White space around all of the value is not of the field.
            if bad.hasSuffix("\n"), index == 7 { changed[index] = bad }
            #expect(sw8(changed.joined(separator: "-")) == nil, "\(index)")
        }
    }

    @Test func theIDsAreKeptAsTheyCame() {
        var reader = ContextReader()
        _ = reader.read([("sw8", header(java, "16560607369950066", index: "12"))])
        #expect(reader.skyWalking.map { String(decoding: $0.traceID, as: UTF8.self) } == java)
        #expect(reader.skyWalking.map { String(decoding: $0.segmentID, as: UTF8.self) } == "16560607369950066")
        #expect(reader.skyWalking?.spanIndex == 12)
        // Also when another counts.
        let parent = ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        #expect(reader.read([("sw8", header(java, plain)), parent])?.propagator == .tracecontext)
        #expect(reader.skyWalking.map { String(decoding: $0.segmentID, as: UTF8.self) } == plain)
        // Not when it is invalid, repeated, or gone.
        for fields in [
            [], [parent], [("sw8", "x")], [("sw8", header(java, index: "x"))],
            [("sw8", header(java)), ("sw8", header(java))],
        ] {
            _ = reader.read(fields)
            #expect(reader.skyWalking == nil)
        }
    }

    @Test func idsAreBoundedAndAreText() {
        let longest = String(repeating: "s", count: 128)
        #expect(sw8(header(java, longest)) != nil)
        #expect(sw8(header(java, longest + "s")) == nil)
        #expect(sw8(header(java, longest + "ss")) == nil)
        #expect(sw8(header(java, String(repeating: "s", count: 100_000))) == nil)
        for segment in ["a b", "a\nb", "\u{e9}", "\u{7f}", "\0"] { #expect(sw8(header(java, segment)) == nil) }
    }

    @Test func twoHeadersAreNone() {
        #expect(context(("sw8", header(java)), ("SW8", header(java))) == nil)
        #expect(outcomes(.sw8, ("sw8", header(java)), ("sw8", header(java))) == [.repeated])
    }
}
