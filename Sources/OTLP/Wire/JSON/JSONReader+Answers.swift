// For the few members that matter in the answers of a peer.
extension JSONReader {
    /// Reads an object. For each member its value is to be read or skipped by `member`, which says whether that went
    /// well. False when it is no object or something went wrong.
    mutating func object(_ member: (inout JSONReader, String) -> Bool) -> Bool {
        guard open(UInt8(ascii: "{")) else { return false }
        if close(UInt8(ascii: "}")) { return true }
        repeat {
            guard let key = string(), take(UInt8(ascii: ":")), member(&self, key) else { return false }
        } while take(UInt8(ascii: ","))
        return close(UInt8(ascii: "}"))
    }

    /// Reads an integer, as a number or as a string, which is how protobuf's JSON has those of 64 bits.
    mutating func integer() -> Int64? {
        guard next() == UInt8(ascii: "\"") else { return number().flatMap { JSONNumber.integer($0, as: Int64.self) } }
        return text().flatMap { JSONNumber.integer($0.bytes, as: Int64.self) }
    }

    /// Reads a string; nil when there is none.
    mutating func string() -> String? { text()?.string }
}
