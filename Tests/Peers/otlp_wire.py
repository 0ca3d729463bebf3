"""Span ids of an ExportTraceServiceRequest, by reading protobuf's wire format itself: the standard library only."""


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def fields(data):
    """Yields (number, value) for each field of a message; values are numbers or bytes."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, at = _varint(data, at)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
            value = int.from_bytes(data[at:at + size], "little")
            at += size
        elif kind == 2:
            size, at = _varint(data, at)
            value = data[at:at + size]
            if len(value) != size:
                raise ValueError("a field is longer than its message")
            at += size
        else:
            raise ValueError(f"wire type {kind}")
        yield number, value


def _all(data, number):
    return [value for found, value in fields(data) if found == number]


def span_ids(request):
    """The ids of all spans, as hexadecimal digits, in order."""
    return [
        _all(span, 2)[0].hex()
        for resource_spans in _all(request, 1)
        for scope_spans in _all(resource_spans, 2)
        for span in _all(scope_spans, 2)
    ]


def span_ids_of_json(request):
    """The same of OTLP/JSON."""
    return [
        span["spanId"]
        for resource_spans in request["resourceSpans"]
        for scope_spans in resource_spans["scopeSpans"]
        for span in scope_spans["spans"]
    ]
