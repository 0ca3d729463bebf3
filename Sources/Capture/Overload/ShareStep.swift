/// From a moment on, another share of the connections is left out.
package struct ShareStep: Equatable, Sendable {
    /// How many of the places that connections may have are left out, from the first on:
    /// 0...`INTERSPAN_CONNECTION_PLACES`.
    package var share: UInt32
    /// From when on, ns of CLOCK_MONOTONIC.
    package var time: UInt64

    /// A step.
    package init(share: UInt32, time: UInt64) {
        self.share = share
        self.time = time
    }
}
