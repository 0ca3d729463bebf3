"""Writes packet captures of made-up HTTP exchanges: Ethernet, IPv4, TCP, as tcpdump would have written them."""
import struct

MAGIC_MICROSECONDS = 0xA1B2C3D4
LINK_ETHERNET = 1
FIN, SYN, PUSH, ACK = 1, 2, 8, 16
SEGMENT = 1448


def header():
    """A file's header."""
    return struct.pack("<IHHiIII", MAGIC_MICROSECONDS, 2, 4, 0, 0, 262144, LINK_ETHERNET)


def _checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Connection:
    """A TCP connection between two addresses, of which packets can be made. `clock` counts microseconds."""

    def __init__(self, client, server, first_client=1000, first_server=5000, clock=1_700_000_000_000_000):
        self.ends = (client, server)
        self.next = [first_client, first_server]
        self.clock = clock

    def packet(self, sender, flags, data=b""):
        """One packet, with its record header."""
        (source, source_port), (target, target_port) = self.ends[sender], self.ends[1 - sender]
        tcp = struct.pack("!HHIIBBHHH", source_port, target_port, self.next[sender] & 0xFFFFFFFF,
                          self.next[1 - sender] & 0xFFFFFFFF if flags & ACK else 0, 5 << 4, flags, 65535, 0, 0)
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40 + len(data), 0, 0x4000, 64, 6, 0, source, target)
        ip = ip[:10] + struct.pack("!H", _checksum(ip)) + ip[12:]
        frame = b"\0" * 12 + b"\x08\x00" + ip + tcp + data
        self.next[sender] += len(data) + (1 if flags & (SYN | FIN) else 0)
        self.clock += 20
        return struct.pack("<IIII", self.clock // 1_000_000, self.clock % 1_000_000, len(frame), len(frame)) + frame

    def open(self):
        """The handshake."""
        return self.packet(0, SYN) + self.packet(1, SYN | ACK) + self.packet(0, ACK)

    def send(self, sender, data):
        """Bytes, in segments, and the other side's acknowledgement."""
        packets = [self.packet(sender, PUSH | ACK, data[at:at + SEGMENT]) for at in range(0, len(data), SEGMENT)]
        return b"".join(packets) + self.packet(1 - sender, ACK)

    def close(self):
        """Both sides end."""
        return self.packet(0, FIN | ACK) + self.packet(1, FIN | ACK) + self.packet(0, ACK)


LOOPBACK = bytes([127, 0, 0, 1])


def exchanges(count, connections=16, body=200, path="/item/{}"):
    """A whole capture, in pieces: `count` requests over kept connections in turn."""
    yield header()
    clock = 1_700_000_000_000_000
    open_connections = []
    for number in range(min(connections, count)):
        connection = Connection(
            (LOOPBACK, 40000 + number), (LOOPBACK, 8080), 1000 + 7919 * number, 5000 + 104729 * number, clock)
        yield connection.open()
        clock = connection.clock
        open_connections.append(connection)
    response = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%b" % (body, b"b" * body)
    for number in range(count):
        connection = open_connections[number % len(open_connections)]
        connection.clock = clock
        request = (f"GET {path.format(number)} HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: made-up/1.0\r\n"
                   "Accept: */*\r\n\r\n").encode()
        yield connection.send(0, request) + connection.send(1, response)
        clock = connection.clock
    for connection in open_connections:
        connection.clock = clock
        yield connection.close()
        clock = connection.clock
