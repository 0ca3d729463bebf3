"""Dubbo 2 and Hessian 2 by their documentation, written and read by nothing of ours."""
import struct

REQUEST, TWO_WAY, EVENT = 0x80, 0x40, 0x20
HESSIAN, FASTJSON = 2, 6


def text(value):
    """A text."""
    if value is None:
        return b"N"
    data, units = value.encode(), len(value.encode("utf-16-le")) // 2
    if units < 32:
        return bytes([units]) + data
    return (bytes([0x30 + (units >> 8), units & 255]) if units < 1024 else b"S" + struct.pack(">H", units)) + data


def blob(data):
    """Binary data, in pieces if it is long."""
    out = b""
    while len(data) > 8189:
        out, data = out + b"A" + struct.pack(">H", 8189) + data[:8189], data[8189:]
    return out + b"B" + struct.pack(">H", len(data)) + data


def value(this):
    """A value of any type."""
    if this is None or isinstance(this, str):
        return text(this)
    if isinstance(this, bool):
        return b"T" if this else b"F"
    if isinstance(this, bytes):
        return blob(this)
    if isinstance(this, int):
        return bytes([0x90 + this]) if -16 <= this <= 47 else b"I" + struct.pack(">i", this)
    if isinstance(this, float):
        return b"D" + struct.pack(">d", this)
    if isinstance(this, list):
        return b"\x57" + b"".join(value(item) for item in this) + b"Z"
    if isinstance(this, dict):
        return b"H" + b"".join(value(key) + value(item) for key, item in this.items()) + b"Z"
    raise TypeError(type(this))


def instance(name, **fields):
    """An object, with its class in front of it."""
    return (b"C" + text(name) + value(len(fields)) + b"".join(text(field) for field in fields) + b"\x60"
            + b"".join(value(item) for item in fields.values()))


def message(flags, identity, body, status=0):
    """A message."""
    return struct.pack(">HBBQI", 0xDABB, flags, status, identity, len(body)) + body


def call(service, method, types, arguments, attachments):
    """The body of a call; arguments are written already."""
    return (text("2.0.2") + text(service) + text("1.0.0") + text(method) + text(types) + arguments
            + value({"path": service, "interface": service, **attachments}))


def receive(connection):
    """The next message: flags, status, id, body; None at the end."""
    head = exactly(connection, 16)
    if head is None:
        return None
    _, flags, status, identity, length = struct.unpack(">HBBQI", head)
    return flags, status, identity, exactly(connection, length)


def exactly(connection, count):
    """So many bytes; None when the connection ended."""
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        if not more:
            return None
        data += more
    return data
