/// Which values of requests are looked for in the calls that are made on their behalf (``FieldKey/values``).
public struct ValueSelection: Sendable {
    /// Whether any are. When not, no work is done.
    public var isOn = false
    /// Whose values are left out, in any case of letters.
    ///
    /// An entry is a name: of a header, of a key in a query, a form, a cookie, or JSON (with all that is below it), of a
    /// parameter of FastCGI, of a column that a statement compares or assigns a literal to. An entry that ends in `*` is the
    /// beginning of such names, and also of values: every word that begins so, or has a part behind one of `-_.@` that
    /// does, is left out wherever it stands, a segment of a path or a part of a key included.
    ///
    /// Not covered by names: values that a statement gives by position (`VALUES`, bound parameters), keys of Redis and of
    /// memcached, fields of protobuf, which have no names on the wire. Beginnings of values cover those.
    public var ignored: [String] = []

    /// None.
    public init() {}
}
