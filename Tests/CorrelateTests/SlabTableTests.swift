import Testing

@testable import Correlate

private struct Key: SlabKey {
    var number: UInt64
    /// Few different hashes, so that runs of the index grow long and wrap around.
    var slabHash: UInt64 { number % 7 }
}

@Suite struct SlabTableTests {
    @Test func itBehavesLikeADictionaryWithQueues() {
        var random = SeededGenerator(seed: 3)
        var table = SlabTable<Key, UInt64>(capacity: 60)
        var model: [UInt64: (value: UInt64, queue: Int, age: Int)] = [:]
        for step in 0..<20_000 {
            let number = UInt64.random(in: 0..<120, using: &random)
            let slot = table.find(Key(number: number))
            #expect((slot == nil) == (model[number] == nil))
            switch (slot, Int.random(in: 0..<3, using: &random)) {
            case (nil, _):
                guard !table.isFull else { continue }
                let queue = Int.random(in: 0..<4, using: &random)
                let slot = table.insert(Key(number: number), UInt64(step), queue: queue)
                let key = table.key(of: slot)
                #expect(key == Key(number: number))
                model[number] = (UInt64(step), queue, step)
            case (let slot?, 0):
                let reference = table.reference(to: slot)
                let before = table.contains(reference)
                table.remove(slot)
                model[number] = nil
                let after = table.contains(reference)
                #expect(before && !after)
            case (let slot?, 1):
                let queue = Int.random(in: 0..<4, using: &random)
                table.move(slot, to: queue)
                model[number] = (model[number]?.value ?? 0, queue, step)
            case (let slot?, _):
                let value = table[slot]
                #expect(value == model[number]?.value)
                table[slot] = UInt64(step)
                model[number]?.value = UInt64(step)
            }
            let count = table.count
            #expect(count == model.count)
            for queue in 0..<4 {
                let oldest = model.filter { $0.value.queue == queue }.min { $0.value.age < $1.value.age }?.key
                let found = table.oldest(queue).map { table.key(of: $0).number }
                #expect(found == oldest)
            }
        }
    }

    @Test func aReferenceNoticesThatItsPlaceWasTaken() {
        var table = SlabTable<Key, Int>(capacity: 1)
        let first = table.insert(Key(number: 1), 1)
        let reference = table.reference(to: first)
        table.remove(first)
        let second = table.insert(Key(number: 2), 2)
        #expect(first == second)
        let found = (isFull: table.isFull, stale: table.contains(reference), none: table.contains(.none))
        #expect(found == (true, false, false))
    }
}
