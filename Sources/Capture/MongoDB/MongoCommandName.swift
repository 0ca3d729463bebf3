/// What is to be known of a command of MongoDB by its name
/// (https://www.mongodb.com/docs/manual/reference/command/).
enum MongoCommandName {
    /// Commands whose own value is the name of a collection.
    private static let onCollections: [StaticString] = [
        "find", "insert", "update", "delete", "aggregate", "count", "distinct", "findAndModify", "findandmodify",
        "mapReduce", "create", "drop", "createIndexes", "dropIndexes", "deleteIndexes", "listIndexes", "collMod",
        "collStats", "validate", "compact", "reIndex", "convertToCapped", "geoSearch", "planCacheClear",
        "createSearchIndexes", "dropSearchIndex", "updateSearchIndex", "parallelCollectionScan", "killCursors",
    ]
    /// Commands about the connection and who uses it: of interest only if they fail.
    private static let silent: [StaticString] = [
        "hello", "isMaster", "ismaster", "ping", "saslStart", "saslContinue", "authenticate", "getnonce", "logout",
        "endSessions", "startSession", "refreshSessions",
    ]
    /// Arguments that are lists of what is done in one command.
    private static let batches: [StaticString] = ["documents", "updates", "deletes", "ops"]

    /// Longest name, bytes.
    private static let longest = 64

    /// Whether it could be one.
    static func isName(_ name: UnsafeRawBufferPointer) -> Bool {
        !name.isEmpty && name.count <= longest
            && name.allSatisfy { $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 || $0 == UInt8(ascii: "_") }
    }

    /// Whether its value is the name of a collection.
    static func isOnCollection(_ name: UnsafeRawBufferPointer) -> Bool { contains(name, onCollections) }

    /// Whether it is of interest only if it fails.
    static func isSilent(_ name: UnsafeRawBufferPointer) -> Bool { contains(name, silent) }

    /// Whether an argument is a list of what is done.
    static func isBatch(_ name: UnsafeRawBufferPointer) -> Bool { contains(name, batches) }

    private static func contains(_ name: UnsafeRawBufferPointer, _ words: [StaticString]) -> Bool {
        words.contains { word in
            word.utf8CodeUnitCount == name.count && word.withUTF8Buffer { name.elementsEqual($0) }
        }
    }
}
