internal import OTLP
internal import Synchronization

/// Reads labels and annotations out of JSON. Whoever starts a container writes them: they are bounded, and what exceeds its
/// bound is left out and counted.
final class LabelReader: Sendable {
    /// Most labels of one container or pod.
    static let most = 256
    /// Most bytes of a label's name: Kubernetes has 253 and 63 with a slash between.
    static let longestName = 320
    /// Most bytes of a label's value as it is written.
    static let longestValue = 1024

    private let left = Atomic<UInt64>(0)

    /// How many labels were left out.
    var leftOut: UInt64 { left.load(ordering: .relaxed) }

    /// Counts labels that were left out elsewhere.
    func leaveOut(_ count: UInt64 = 1) { left.add(count, ordering: .relaxed) }

    /// Reads an object of texts; anything but an object is passed over.
    ///
    /// - Returns: false when what comes is wrong.
    func read(
        _ reader: inout JSONReader, into labels: inout [String: String],
        where isWanted: (String) -> Bool = { _ in true }
    ) -> Bool {
        reader.objectOrElse { reader, name in
            var value: String?
            guard reader.string(atMost: Self.longestValue, into: &value) else { return false }
            guard isWanted(name) else { return true }
            add(name, value, to: &labels)
            return true
        }
    }

    /// Adds a label within the bounds.
    func add(_ name: String, _ value: String?, to labels: inout [String: String]) {
        guard let value, name.utf8.count <= Self.longestName, labels.count < Self.most else { return leaveOut() }
        labels[name] = value
    }
}

extension JSONReader {
    /// Reads an object, and passes over anything else, such as the `null` that stands for an empty one.
    mutating func objectOrElse(_ member: (inout JSONReader, String) -> Bool) -> Bool {
        next() == UInt8(ascii: "{") ? object(member) : skip()
    }

    /// Reads an array, and passes over anything else.
    mutating func arrayOrElse(_ item: (inout JSONReader) -> Bool) -> Bool {
        next() == UInt8(ascii: "[") ? array(item) : skip()
    }
}
