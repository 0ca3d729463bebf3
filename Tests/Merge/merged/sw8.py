"""SkyWalking's ids as OpenTelemetry's: the mapping of the OpenTelemetry Collector's SkyWalking receiver, written down
anew, so that ours is not compared with itself."""
import base64
import uuid


def header(trace, segment, index, sample="1"):
    """A value of `sw8`."""
    def text(value):
        return base64.b64encode(value.encode()).decode()
    return "-".join([sample, text(trace), text(segment), str(index), *map(text, ("shop", "one", "/", "127.0.0.1:80"))])


def _xor(data, at, number, size):
    """Mixes a number, little-endian, into bytes."""
    mixed = bytearray(data)
    for place, byte in enumerate(number.to_bytes(8, "little")[:size]):
        mixed[at + place] ^= byte
    return bytes(mixed)


def _mixed(text):
    """`H.m.l` as 16 bytes."""
    digits, middle, last = text.split(".")
    return _xor(_xor(bytes.fromhex(digits), 4, int(middle), 4), 8, int(last), 8)


def trace_id(text):
    """The trace's id as 32 hex digits."""
    return (uuid.UUID(text).bytes if len(text) <= 36 else _mixed(text)).hex()


def span_id(segment, index):
    """The id of a segment's span as 16 hex digits."""
    whole = _xor(_mixed(segment) if "." in segment else bytes.fromhex(segment), 0, index, 4)
    return bytes(left ^ right for left, right in zip(whole[:8], whole[8:])).hex()
