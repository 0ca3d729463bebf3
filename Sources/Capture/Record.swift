package import CInterspanBPF

/// One record, from a ring or made from a packet, for the time of a call: the pointers are borrowed from its source.
package struct Record {
    /// Who, where, when and how much.
    package let header: UnsafePointer<interspan_record>
    /// The first bytes that were moved.
    package let head: UnsafeRawBufferPointer
    /// The last bytes that were moved; empty where ``head`` has everything.
    package let tail: UnsafeRawBufferPointer

    /// A record from its parts.
    package init(
        header: UnsafePointer<interspan_record>, head: UnsafeRawBufferPointer,
        tail: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
    ) {
        self.header = header
        self.head = head
        self.tail = tail
    }
}
