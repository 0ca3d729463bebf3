import Testing

@testable import Capture

@Suite struct FieldBufferTests {
    private func add(_ name: String, _ value: String, to buffer: inout FieldBuffer) {
        Array(name.utf8).withUnsafeBytes { name in
            Array(value.utf8).withUnsafeBytes { buffer.append(.header, .requestHeader, name: name, value: $0) }
        }
    }

    private func texts(_ range: FieldRange, of buffer: FieldBuffer) -> [String] {
        buffer.fields[Int(range.start)..<Int(range.start + range.count)].flatMap { field in
            [field.name, field.value].map { range in
                buffer.withBytes(of: range) { String(decoding: $0, as: UTF8.self) }
            }
        }
    }

    @Test func fieldsOfOneExchangeAreCopiedWithTheirBytes() {
        var source = FieldBuffer()
        for number in 0..<6 {
            add(number == 3 ? "" : "name\(number)", number == 4 ? "" : "value\(number)", to: &source)
        }
        var target = FieldBuffer()
        add("before", "it", to: &target)
        let all = target.append(FieldRange(start: 0, count: 6), of: source)
        let some = target.append(FieldRange(start: 2, count: 3), of: source)
        let none = target.append(.empty, of: source)
        #expect(texts(all, of: target) == texts(FieldRange(start: 0, count: 6), of: source))
        #expect(texts(some, of: target) == ["name2", "value2", "", "value3", "name4", ""])
        #expect(none.count == 0)
        #expect(texts(FieldRange(start: 0, count: 1), of: target) == ["before", "it"])
    }

    @Test func aLongValueIsCut() {
        var buffer = FieldBuffer()
        add("n", String(repeating: "x", count: FieldBuffer.maximumValue + 1), to: &buffer)
        #expect(buffer.fields[0].value.count == UInt32(FieldBuffer.maximumValue))
    }
}
