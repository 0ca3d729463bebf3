// Encodes the same spans by each encoder in turn and prints what each did, a JSON object a line: with the library
// CountAllocations loaded (LD_PRELOAD) allocations, and otherwise speed.
//
// usage: encoding-bench SPANS ROUNDS SECONDS
//   SECONDS  of CPU time that each encoder has in each round

import Foundation

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count == 3, let spans = Int(arguments[1]), let rounds = Int(arguments[2]),
    let seconds = Double(arguments[3]), spans > 0
else {
    print("usage: encoding-bench SPANS ROUNDS SECONDS")
    exit(2)
}
let encoders = Encoders(spans: spans)
if let name = try encoders.different() {
    FileHandle.standardError.write(Data("\(name) writes another message than swift-protobuf\n".utf8))
    exit(1)
}
let compared = encoders.all
var measurements = compared.map { Measured(name: $0.name, spans: spans) }
// What encoders keep has grown by then: the steady state begins.
for encoder in compared { for _ in 0..<10 { _ = try encoder.encode() } }
if let counter = AllocationCounter() {
    for (index, encoder) in compared.enumerated() {
        try measurements[index].countAllocations(of: encoder, by: counter)
    }
} else {
    // In turns: what else happens on the machine hits all of them.
    for _ in 0..<rounds {
        for (index, encoder) in compared.enumerated() {
            try measurements[index].addRound(of: encoder, seconds: seconds)
        }
    }
}
let json = JSONEncoder()
json.outputFormatting = .sortedKeys
for measurement in measurements { print(String(decoding: try json.encode(measurement), as: UTF8.self)) }
