"""Connections that should not be: the others are still answered, memory stays bounded, and the relay goes on."""
import resource
import socket
import ssl
import struct
import time

from harness.registry import test
from relay import make, raw
from relay.check import check, equal
from relay.sender import is_taken

from .hostile_messages import MEMORY, Target

IDLE = 2000


def raise_descriptor_limit(number):
    """Lets this process have so many connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < number:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(number, hard), hard))


def status_line(connection):
    """The first line that is answered."""
    return raw.read_all(connection).split(b"\r\n", 1)[0]


@test
def slowHeadersAndBodiesHoldUpNobody(world):
    target = Target(world)
    request = raw.post(make.traces(3)[0].SerializeToString())
    slow = [raw.connect(target.agent.http_port) for _ in range(100)]
    slow += [raw.connect(target.agent.grpc_port) for _ in range(50)]
    for step in range(20):
        for number, connection in enumerate(slow):
            # Half of them stop within the headers, half within the body.
            part = request if number % 2 else request[:60]
            try:
                connection.sendall(part[step:step + 1] if number < 100 else raw.PREFACE[step:step + 1])
            except OSError:
                pass
        if step % 5 == 0:
            sent, _ = make.traces(3)
            check(is_taken(target.http.export(sent.SerializeToString())), "another was not answered")
    target.still_relays()
    for connection in slow:
        connection.close()
    target.finish()


@test
def aRequestInManySmallPartsIsOneRequest(world):
    target = Target(world)
    message, ids = make.traces(3)
    request = raw.post(message.SerializeToString())
    with raw.connect(target.agent.http_port) as connection:
        for at in range(0, len(request), 7):
            connection.sendall(request[at:at + 7])
            time.sleep(0.001)
        connection.settimeout(20)
        check(connection.recv(1000).startswith(b"HTTP/1.1 200"), "it was not answered with 200")
    for backend in target.backends.values():
        backend.wait_for_spans(ids)
    target.finish()


@test
def aHalfClosedConnectionIsStillAnswered(world):
    target = Target(world)
    message, ids = make.traces(3)
    with raw.connect(target.agent.http_port) as connection:
        connection.sendall(raw.post(message.SerializeToString()))
        connection.shutdown(socket.SHUT_WR)
        line = status_line(connection)
        check(line.startswith(b"HTTP/1.1 200"), f"it was answered with {line!r}")
    for backend in target.backends.values():
        backend.wait_for_spans(ids)
    target.finish()


@test
def requestsOneBehindTheOtherAreAnsweredInOrder(world):
    target = Target(world)
    made = [make.traces(2) for _ in range(20)]
    with raw.connect(target.agent.http_port) as connection:
        together = b"".join(raw.post(message.SerializeToString()) for message, _ in made[:-1])
        together += raw.post(b"\xff\xff")
        connection.sendall(together + raw.post(made[-1][0].SerializeToString(), "Connection: close"))
        answers = raw.read_all(connection)
    statuses = [int(part[:3]) for part in answers.split(b"HTTP/1.1 ")[1:]]
    equal(statuses, [200] * 19 + [400, 200], "the answers")
    for backend in target.backends.values():
        backend.wait_for_spans([span for _, ids in made for span in ids])
    target.finish()


@test
def chunkedBodiesAndExpectAreUnderstood(world):
    target = Target(world)
    message, ids = make.traces(50)
    body = message.SerializeToString()
    chunks = b"".join(
        f"{len(body[at:at + 100]):x};note=1\r\n".encode() + body[at:at + 100] + b"\r\n"
        for at in range(0, len(body), 100))
    with raw.connect(target.agent.http_port) as connection:
        connection.sendall(raw.post(chunks + b"0\r\n\r\n", "Transfer-Encoding: chunked", "Connection: close"))
        line = status_line(connection)
        check(line.startswith(b"HTTP/1.1 200"), f"a chunked body is answered with {line!r}")
    head, _, rest = raw.post(body, "Expect: 100-continue", "Connection: close").partition(b"\r\n\r\n")
    with raw.connect(target.agent.http_port) as connection:
        connection.sendall(head + b"\r\n\r\n")
        line = connection.recv(1000)
        check(line.startswith(b"HTTP/1.1 100"), f"Expect: 100-continue is answered with {line!r}")
        connection.sendall(rest)
        line = status_line(connection)
        check(line.startswith(b"HTTP/1.1 200"), f"it is then answered with {line!r}")
    for backend in target.backends.values():
        backend.wait_for_spans(ids)
    target.finish()


@test
def requestsThatAreNotHTTPAreRefused(world):
    target = Target(world)
    body = make.traces(1)[0].SerializeToString()
    large = "X-Large: " + "x" * (1 << 20)
    many = [f"X-{number}: 1" for number in range(20_000)]
    smuggled = raw.post(b"0\r\n\r\n", "Transfer-Encoding: chunked", "Content-Length: 5")
    for what, request in {
        "two lengths": raw.post(body, f"Content-Length: {len(body)}", "Content-Length: 1"),
        "a negative length": raw.post(body, "Content-Length: -1"),
        "a length that is none": raw.post(body, "Content-Length: 0x10"),
        "a length beyond all bounds": raw.post(body, "Content-Length: 99999999999999999999999"),
        "a length of 1 TB": raw.post(body, f"Content-Length: {1 << 40}"),
        "both kinds of framing": smuggled,
        "a chunk beyond all bounds": raw.post(b"fffffffffffffffff\r\n", "Transfer-Encoding: chunked"),
        "a chunk that is none": raw.post(b"zz\r\n", "Transfer-Encoding: chunked"),
        "a header without a name": raw.post(body, ": value"),
        "a header of 1 MiB": raw.post(body, large),
        "20,000 headers": raw.post(body, *many),
        "a path of 1 MiB": raw.post(body, path="/" + "x" * (1 << 20)),
        "zeros": bytes(10_000),
        "what is no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
    }.items():
        with raw.connect(target.agent.http_port) as connection:
            try:
                connection.sendall(request)
            except OSError:
                pass
            connection.settimeout(3)
            answer = raw.read_all(connection)
            status = answer[9:12]
            check(not answer or status[:1] == b"4", f"{what} is answered with {answer[:60]!r}")
        target.agent.require_alive()
    target.finish()


@test
def anEndlessChunkedBodyIsCutOff(world):
    target = Target(world)
    with raw.connect(target.agent.http_port) as connection:
        connection.sendall(raw.post(b"", "Transfer-Encoding: chunked"))
        chunk, end, answer = b"10000\r\n" + bytes(65536) + b"\r\n", time.monotonic() + 15, b""
        connection.settimeout(0.01)
        while time.monotonic() < end:
            # It may go on for a while, so that whoever sends can read why, but not for ever.
            try:
                connection.sendall(chunk)
            except TimeoutError:
                pass
            except OSError:
                break
            try:
                answer += connection.recv(1000)
            except TimeoutError:
                pass
            except OSError:
                break
        check(answer.startswith(b"HTTP/1.1 413"), f"it was answered with {answer[:60]!r}")
        check(time.monotonic() < end, "the connection was never ended")
    target.finish()


@test
def twoThousandIdleConnectionsAreBorne(world):
    raise_descriptor_limit(2 * IDLE + 200)
    target = Target(world)
    check(is_taken(target.http.export(make.traces(1)[0].SerializeToString())), "the first request")
    idle = []
    for number in range(IDLE):
        try:
            idle.append(raw.connect(target.agent.http_port if number % 2 else target.agent.grpc_port))
        except OSError:
            # It may take no more, as long as it serves those it has.
            break
    check(len(idle) >= 100, f"only {len(idle)} connections were taken")
    check(is_taken(target.http.export(make.traces(1)[0].SerializeToString())), "not answered beside idle connections")
    peak = target.agent.peak_memory()
    check(peak < MEMORY, f"{peak >> 20} MiB are resident with {len(idle)} idle connections")
    world.notes.append(f"{len(idle)} connections, {peak >> 20} MiB at most")
    for connection in idle:
        connection.close()
    time.sleep(0.3)
    target.http.close()
    target.finish()


def request_headers(flags, stream):
    """The smallest HEADERS frame of a POST, from the static table alone: method, scheme, path."""
    return raw.frame(raw.HEADERS, flags, stream, b"\x83\x86\x84")


@test
def http2GarbageIsSurvived(world):
    target = Target(world)
    hello = raw.PREFACE + raw.frame(raw.SETTINGS)
    # An indexed field of a table that is empty, an integer without an end, a Huffman string without an end.
    bad_blocks = [b"\xff\xff\xff\xff\xff\xff\xff\x7f", b"\xbf", b"\x40\x8a\xff\xff", b"\x00\xff\xff\xff\xff\xff\xff"]
    attacks = {
        "a preface of another kind": b"PRI * HTTP/3.0\r\n\r\nSM\r\n\r\n" + bytes(100),
        "HTTP/1": raw.post(b"x"),
        "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
        "chance": world.chance.randbytes(10_000),
        "chance after a preface": hello + world.chance.randbytes(10_000),
        "a frame of 16 MiB": hello + b"\xff\xff\xff\x00\x00\x00\x00\x00\x01" + bytes(1 << 20),
        "data without a stream": hello + raw.frame(0, 0, 1, b"x" * 1000),
        "data on stream 0": hello + raw.frame(0, 0, 0, b"x"),
        "a window of nothing": hello + raw.frame(8, 0, 0, struct.pack(">I", 0)),
        "a window beyond its bound": hello + raw.frame(8, 0, 0, struct.pack(">I", 0x7FFFFFFF)) * 3,
        "settings of wrong size": hello + raw.frame(raw.SETTINGS, 0, 0, b"12345"),
        "padding beyond the frame": hello + raw.frame(raw.HEADERS, 0xC, 1, b"\xff\x83"),
        "pushes": hello + raw.frame(5, 4, 1, struct.pack(">I", 2) + b"\x82"),
        "a flood of settings": hello + raw.frame(raw.SETTINGS, 0, 0, struct.pack(">HI", 4, 65535)) * 20_000,
        "a flood of pings": hello + raw.frame(raw.PING, 0, 0, b"12345678") * 20_000,
        "a flood of empty data": hello + request_headers(4, 1) + raw.frame(0, 0, 1) * 20_000,
        "rapid resets": hello + b"".join(
            request_headers(5, stream) + raw.frame(raw.RST_STREAM, 0, stream, bytes(4))
            for stream in range(1, 20_000, 2)),
        "streams without an end": hello + b"".join(request_headers(4, stream) for stream in range(1, 10_000, 2)),
        "headers without an end": hello + request_headers(0, 1) + raw.frame(
            raw.CONTINUATION, 0, 1, b"\x00\x01a\x01b" * 3000) * 200,
        "headers that grow": hello + raw.frame(raw.HEADERS, 4, 1, b"\x40\x01a\x7f\x81\x1e" + b"v" * 4000)
        + raw.frame(raw.HEADERS, 4, 3, b"\xbe" * 16_000) * 3,
    }
    attacks |= {f"header block {block!r}": hello + raw.frame(raw.HEADERS, 5, 1, block) for block in bad_blocks}
    for what, attack in attacks.items():
        for port in (target.agent.grpc_port, target.agent.http_port):
            with raw.connect(port) as connection:
                connection.settimeout(0.3)
                try:
                    connection.sendall(attack)
                except OSError:
                    pass
                raw.read_all(connection)
            if target.agent.process.status is not None:
                raise AssertionError(f"{what}: {target.agent.process.last_words()}")
        peak = target.agent.peak_memory()
        check(peak < MEMORY, f"{what}: {peak >> 20} MiB were resident")
    target.finish()


@test
def connectionsResetAtAnyByteAreSurvived(world):
    target = Target(world)
    request = raw.post(make.traces(3)[0].SerializeToString())
    for port, whole in ((target.agent.http_port, request), (target.agent.grpc_port, raw.PREFACE + raw.frame(4))):
        for end in range(0, len(whole), 3):
            connection = raw.connect(port)
            connection.sendall(whole[:end])
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
    target.finish()


@test
def gRPCMessagesThatAreNoneAreRefused(world):
    target = Target(world)
    path = b"/opentelemetry.proto.collector.trace.v1.TraceService/Export"

    def literal(name, value):
        return b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value

    headers = b"\x83\x86" + literal(b":path", path) + literal(b"content-type", b"application/grpc") \
        + literal(b"te", b"trailers")
    good = make.traces(1)[0].SerializeToString()
    for what, body in {
        "a message without an end": b"\x00\x00\x00\x10\x00abc", "no message": b"", "half a prefix": b"\x00\x00",
        "compressed without saying how": b"\x01" + struct.pack(">I", len(good)) + good,
        "a flag that is none": b"\x07" + struct.pack(">I", len(good)) + good,
        "4 GiB": b"\x00\xff\xff\xff\xff" + good,
        "two messages": (b"\x00" + struct.pack(">I", len(good)) + good) * 2,
    }.items():
        with raw.connect(target.agent.grpc_port) as connection:
            connection.sendall(raw.PREFACE + raw.frame(raw.SETTINGS) + raw.frame(raw.HEADERS, 4, 1, headers)
                               + raw.frame(0, 1, 1, body))
            answer = raw.read_answer(connection)
            check(answer is not None, f"{what}: it was not answered")
            check(b"grpc-status\x010" not in answer or what == "two messages", f"{what} was taken")
    target.finish()


@test
def tlsWherePlainTextIsSpokenIsRefused(world):
    target = Target(world)
    for port in (target.agent.http_port, target.agent.grpc_port):
        try:
            with raw.connect(port) as connection, ssl._create_unverified_context().wrap_socket(connection):
                raise AssertionError("TLS was spoken")
        except OSError:
            pass
    target.finish()
