/// Why a parser wants no more of a connection.
enum Surrender: Equatable {
    /// What comes from here on is of no interest.
    case leftAlone
    /// It was not this protocol after all: others may try, beginning with the record that is being parsed.
    case unrecognised
    /// The sides were taken for each other: recognise anew, beginning with the record that is being parsed.
    case mistaken
    /// Something else is spoken from here on (an upgrade, a tunnel): which, if that is known, and how many bytes at the end
    /// of those that the parser was given belong to it already. Exchanges that are under way stay so, for the parser
    /// that comes.
    case changed(to: ApplicationProtocol?, left: Int)
}
