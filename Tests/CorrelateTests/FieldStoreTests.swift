import Capture
import Testing

@testable import Correlate

@Suite struct FieldStoreTests {
    @Test func fieldsComeBackAsTheyWereKept() {
        var source = FieldBuffer()
        for number in 0..<300 {
            let (name, value) = (Array("name\(number)".utf8), [UInt8](repeating: 65, count: number))
            name.withUnsafeBytes { name in
                value.withUnsafeBytes {
                    source.append(
                        number % 2 == 0 ? .context : .header, number % 3 == 0 ? .messageMetadata : .requestHeader,
                        part: UInt16(number * 200), name: name, value: $0)
                }
            }
        }
        var store = FieldStore(blocks: 1000)
        let range = FieldRange(start: 5, count: 290)
        let stored = store.keep(range, of: source)
        var target = FieldBuffer()
        let released = store.release(stored, into: &target)
        #expect(released.count == 290 && store.usedBlocks == 0)
        for index in 0..<290 {
            let (one, other) = (source.fields[index + 5], target.fields[index])
            #expect(one.key == other.key && one.carrier == other.carrier && one.part == other.part)
            let values = [(one.name, other.name), (one.value, other.value)]
            for (one, other) in values {
                let bytes = source.withBytes(of: one) { Array($0) }
                #expect(bytes == target.withBytes(of: other) { Array($0) })
            }
        }
    }

    @Test func anEmptyStoreHasRoomForTheLargestExchange() {
        var source = FieldBuffer()
        let value = [UInt8](repeating: 66, count: FieldBuffer.maximumBytes / FieldBuffer.maximumFields)
        for part in 0..<FieldBuffer.maximumFields {
            value.withUnsafeBytes { source.append(.context, .messageMetadata, part: UInt16(part), value: $0) }
        }
        let range = FieldRange(start: 0, count: UInt32(FieldBuffer.maximumFields))
        var exchange = Exchange(
            end: ExchangeEnd(id: ExchangeID(high: 1, low: 1), role: .client), protocol: .kafka, socket: 1,
            process: .none, local: Endpoint(ipv4: 1, port: 1), peer: Endpoint(ipv4: 2, port: 2),
            requestStart: ExecutionPoint(time: 1))
        exchange.fields = range
        var store = HeldStore(maximum: 1)
        var kept: [UInt32] = []
        while store.hasRoom(for: range, of: source) { kept.append(store.keep(exchange, of: source)) }
        #expect(!kept.isEmpty && store.bytes <= store.maximum + FieldBuffer.maximumBytes * 2)
        var target = FieldBuffer()
        for slot in kept { #expect(store.release(slot, into: &target).fields.count == range.count) }
        #expect(store.bytes == 0)
    }
}
