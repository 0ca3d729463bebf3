/// What the windowed stage says of one call.
struct WindowDecision: Equatable {
    /// The call, by its caller's tag.
    var call: UInt32
    /// The request on whose behalf it was most likely made, by its caller's tag; ``none`` when it most likely belongs to
    /// none of those that are known.
    var request: UInt32
    /// How likely that is, 0...1: of the decisions that say 0.9, nine in ten are right.
    var probability: Double

    /// No request.
    static var none: UInt32 { .max }
}
