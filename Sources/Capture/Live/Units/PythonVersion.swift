/// A version of CPython whose structures we know. They differ in where things are, never within a version's releases.
struct PythonVersion: Equatable {
    /// The second part: 11 of 3.11.
    var minor: Int
    /// Where `_PyRuntime` has the key of thread states: `gilstate.autoTSSkey`, from 3.12 on `autoTSSkey`.
    var key: UInt64
    /// Where a thread state has its context.
    var context: Int32

    /// A version; nil for one that we do not know.
    ///
    /// (CPython's headers of each, `internal/pycore_runtime.h` and `cpython/pystate.h`, on a 64-bit Linux.)
    init?(minor: Int) {
        switch minor {
        case 8: (key, context) = (1392, 240)
        case 9, 10: (key, context) = (584, 240)
        case 11: (key, context) = (592, 224)
        case 12: (key, context) = (1544, 208)
        case 13: (key, context) = (2160, 208)
        default: return nil
        }
        self.minor = minor
    }

    /// From the value of `Py_Version` (3.11 and later): a byte each for 3, 11 and so on.
    init?(number: UInt64) {
        guard number >> 24 == 3 else { return nil }
        self.init(minor: Int(number >> 16 & 0xFF))
    }

    /// From the name of a file: `libpython3.9.so.1.0`, `python3.10`.
    init?(fileName: Substring) {
        guard let mark = fileName.firstRange(of: "python3.") else { return nil }
        let digits = fileName[mark.upperBound...].prefix { $0.isASCII && $0.isNumber }
        guard let minor = Int(digits) else { return nil }
        self.init(minor: minor)
    }
}
