"""Connections that a test writes byte by byte, and protobuf and HTTP/2 made by hand."""
import socket
import struct

from harness import patience

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, CONTINUATION = 1, 3, 4, 6, 7, 9
END_STREAM = 1


def connect(port, timeout=5.0):
    """A connection."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=timeout)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def read_all(connection, most=1 << 20):
    """What comes until the other side ends the connection, by whatever means, or says nothing for its timeout."""
    found = b""
    try:
        while len(found) < most:
            data = connection.recv(65536)
            if not data:
                break
            found += data
    except OSError:
        pass
    return found


def read_answer(connection, timeout=10.0):
    """What comes by HTTP/2 up to the end of the first answer, None if there is none in time: a HEADERS frame with
    END_STREAM, RST_STREAM or GOAWAY."""
    found, at, end = b"", 0, patience.now() + timeout
    connection.settimeout(0.2)
    while patience.now() < end:
        try:
            data = connection.recv(65536)
        except TimeoutError:
            continue
        except OSError:
            return None
        if not data:
            return None
        found += data
        while len(found) >= at + 9 and len(found) >= (behind := at + 9 + int.from_bytes(found[at:at + 3], "big")):
            kind, flags, at = found[at + 3], found[at + 4], behind
            if kind in (RST_STREAM, GOAWAY) or kind == HEADERS and flags & END_STREAM:
                return found
    return None


def post(body, *headers, path="/v1/traces", content_type="application/x-protobuf"):
    """An HTTP/1.1 request."""
    lines = [f"POST {path} HTTP/1.1", "Host: relay", f"Content-Type: {content_type}", *headers]
    if not any(line.lower().startswith(("content-length:", "transfer-encoding:")) for line in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def frame(kind, flags=0, stream=0, payload=b""):
    """An HTTP/2 frame."""
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def varint(number):
    """A number as protobuf writes it."""
    found = b""
    while number > 127:
        found, number = found + bytes([number & 127 | 128]), number >> 7
    return found + bytes([number])


def field(number, content):
    """A protobuf field with bytes in it."""
    return varint(number << 3 | 2) + varint(len(content)) + content
