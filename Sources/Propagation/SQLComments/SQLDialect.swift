/// What differs between the SQL of two systems, as far as literals and names are to be told apart. The servers' defaults:
/// a session may change them, which cannot be seen.
public enum SQLDialect: Sendable {
    /// `"..."` is a string, a backslash escapes, `#` begins a comment, names stand in backquotes.
    case mysql
    /// `"..."` is a name, a backslash escapes in `E'...'` alone, comments nest, `$tag$...$tag$` is a string.
    case postgresql
}
