// For the few members that matter in the answers of a peer.
extension JSONReader {
    /// Reads an object. For each member its value is to be read or skipped by `member`, which says whether that went
    /// well. False when it is no object or something went wrong.
    package mutating func object(_ member: (inout JSONReader, String) -> Bool) -> Bool {
        guard open(UInt8(ascii: "{")) else { return false }
        if close(UInt8(ascii: "}")) { return true }
        repeat {
            guard let key = string(), take(UInt8(ascii: ":")), member(&self, key) else { return false }
        } while take(UInt8(ascii: ","))
        return close(UInt8(ascii: "}"))
    }

    /// Reads an array. Each item is to be read or skipped by `item`, which says whether that went well. False when it is no
    /// array or something went wrong.
    package mutating func array(_ item: (inout JSONReader) -> Bool) -> Bool {
        guard open(UInt8(ascii: "[")) else { return false }
        if close(UInt8(ascii: "]")) { return true }
        repeat { guard item(&self) else { return false } } while take(UInt8(ascii: ","))
        return close(UInt8(ascii: "]"))
    }

    /// Reads a string that is no longer than so many bytes as it is written. A longer one is passed over, and so is what is
    /// no string at all: both leave nil.
    ///
    /// - Returns: false when what comes is wrong.
    package mutating func string(atMost limit: Int, into value: inout String?) -> Bool {
        value = nil
        guard next() == UInt8(ascii: "\"") else { return skip() }
        guard let text = text() else { return false }
        if text.bytes.count <= limit { value = text.string }
        return true
    }

    /// Reads an integer, as a number or as a string, which is how protobuf's JSON has those of 64 bits.
    mutating func integer() -> Int64? {
        guard next() == UInt8(ascii: "\"") else { return number().flatMap { JSONNumber.integer($0, as: Int64.self) } }
        return text().flatMap { JSONNumber.integer($0.bytes, as: Int64.self) }
    }

    /// Reads a string; nil when there is none.
    package mutating func string() -> String? { text()?.string }
}
