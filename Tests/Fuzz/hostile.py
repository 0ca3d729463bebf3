"""Hostile captures and configurations against the release binary: whatever comes, it ends by itself, in time, in little
memory, with an exit status of its own and never by a signal.

The same seeds each time unless told otherwise. A failure prints its seed and keeps its input.
"""
import contextlib
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Kernel"))

from harness import patience, pcap  # noqa: E402

TIMEOUT_S = 20
# Failures of one kind after which the rest of it would say nothing new.
ENOUGH = 3
# Address space, not resident memory: generous, and still far below what an unchecked length would ask for.
MEMORY = 4 << 30
PIECES = [
    b"GET / HTTP/1.1\r\n", b"HTTP/1.1 200 OK\r\n", b"Host: a\r\n", b"\r\n", b"Content-Length: ", b"-1\r\n",
    b"18446744073709551616\r\n", b"9223372036854775807\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n",
    b"7fffffffffffffff\r\n", b"FFFFFFFFFFFFFFFFFF\r\n", b"5;ext=1\r\nhello\r\n0\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\n\r\n", b"HEAD / HTTP/1.1\r\n\r\n", b"CONNECT a:1 HTTP/1.1\r\n\r\n",
    b"traceparent: 00-", b"0" * 70, b"\x00", b"\xff" * 40, b": \r\n", b"\r", b"\n", b" ", b"HTTP/1.1 999\r\n",
    b"GET " + b"/" * 9000 + b" HTTP/1.1\r\n", b"X: " + b"y" * 70000 + b"\r\n",
]


def noise(random_, bytes_most=400):
    """Bytes that mean nothing."""
    return random_.randbytes(random_.randrange(bytes_most))


def conversation(random_):
    """A well-formed capture of what no client and no server would say, with segments lost, doubled and out of order."""
    connection = pcap.Connection(
        (pcap.LOOPBACK, 40000), (pcap.LOOPBACK, 80), random_.randrange(1 << 32), random_.randrange(1 << 32))
    packets = [connection.open()] if random_.random() < 0.8 else []
    for _ in range(random_.randrange(1, 40)):
        data = b"".join(
            noise(random_) if random_.random() < 0.1 else random_.choice(PIECES)
            for _ in range(random_.randrange(1, 8)))
        packets.append(connection.send(random_.randrange(2), data))
        if random_.random() < 0.1:
            connection.next[random_.randrange(2)] += random_.randrange(-(1 << 31), 1 << 31)
    if random_.random() < 0.5:
        packets.append(connection.close())
    for _ in range(random_.randrange(4)):
        at, other = random_.randrange(len(packets)), random_.randrange(len(packets))
        packets[at], packets[other] = packets[other], packets[at] * random_.randrange(3)
    return pcap.header() + b"".join(packets)


def damaged(random_):
    """A capture of ordinary exchanges of which single bytes, or the end, are not what they were."""
    data = bytearray(b"".join(pcap.exchanges(20, connections=3)))
    for _ in range(random_.choice([1, 3, 30, 300])):
        data[random_.randrange(24 if random_.random() < 0.2 else len(data))] = random_.randrange(256)
    if random_.random() < 0.3:
        del data[random_.randrange(len(data)):]
    return bytes(data)


def blocks(random_):
    """A pcapng of blocks whose lengths lie."""
    data = b"\x0a\x0d\x0d\x0a" + (28).to_bytes(4, "little") + b"\x4d\x3c\x2b\x1a\x01\0\0\0" + b"\xff" * 8
    data += (28).to_bytes(4, "little")
    for _ in range(random_.randrange(1, 20)):
        body = noise(random_, 80)
        body += b"\0" * (-len(body) % 4)
        length = random_.choice([len(body) + 12] * 6 + [0, 4, 11, 0xFFFFFFFF, 0x7FFFFFFC, random_.randrange(1 << 32)])
        kind = random_.choice([1, 2, 3, 4, 5, 6, 6, 6, 0x0A0D0D0A, random_.randrange(1 << 32)])
        data += kind.to_bytes(4, "little") + length.to_bytes(4, "little") + body + length.to_bytes(4, "little")
    return data


CONFIGURATION = """receivers:
  ebpf: {hook: auto, payload_limit: 4096, ring_buffer: 8MiB}
exporters:
  otlp_http/a: {endpoint: "http://localhost:4318", headers: {x: "${env:HOME}"}, compression: gzip}
  file: &anchor {path: /tmp/x}
service:
  pipelines: {traces: {receivers: [ebpf], exporters: [otlp_http/a, file]}}
"""


def configuration(random_):
    """A configuration with lines doubled, lost and mixed, and bytes that do not belong."""
    lines = CONFIGURATION.splitlines()
    for _ in range(random_.randrange(1, 6)):
        at = random_.randrange(len(lines))
        lines[at] = random_.choice([
            lines[at] * 2, "", lines[at].replace(":", "", 1), " " + lines[at], lines[at].replace("}", "", 1),
            lines[at] + random_.choice(["&a", "*a", "<<: *anchor", "[" * 2000, "${env:", "\t", "\x00", "!!binary x"]),
            lines[at].replace("a", random_.choice(["-1", "null", "9" * 40, "\u202e", "é"]))])
    return "\n".join(lines).encode()


TIMES = ["0", "1", "17000000000", "17000000001", "18446744073709551615", "-1", "1e3", "99999999999999999999", "null"]
TEXTS = ["", "a", "GET", "00f067aa0ba902b7", "\\u0000", "\\ud800", "\\n", "é", "x" * 3000]


def value(random_):
    """A value of an attribute, or something in its place."""
    return random_.choice([
        '{"stringValue":"%s"}' % random_.choice(TEXTS), '{"intValue":"%d"}' % random_.randrange(70000),
        '{"intValue":%s}' % random_.choice(TIMES), '{"arrayValue":{"values":[{"stringValue":"r1"},{}]}}', "{}", "null",
        "[]", "[" * 150 + "]" * 150, '{"kvlistValue":{"values":[]}}'])


def span(random_):
    """A span of which members are missing, doubled or not what they should be."""
    keys = ["thread.id", "url.path", "http.request.method", "network.peer.port", "network.local.port", "x-request-id",
            "messaging.message.id", "interspan.exchange.id", "interspan.link.method", "interspan.link.confidence"]
    attributes = ",".join(
        '{"key":"%s","value":%s}' % (random_.choice(keys), value(random_)) for _ in range(random_.randrange(5)))
    members = [
        '"spanId":"%016x"' % random_.choice([0, 1, 2, random_.getrandbits(64)]),
        '"traceId":"%s"' % random_.choice(TEXTS),
        '"parentSpanId":%s' % random_.choice(['""', "null", "7", '"zz"']), '"kind":%d' % random_.randrange(8),
        '"startTimeUnixNano":"%s"' % random_.choice(TIMES), '"endTimeUnixNano":%s' % random_.choice(TIMES),
        '"name":"%s"' % random_.choice(TEXTS), '"attributes":[%s]' % attributes, '"attributes":null', '"links":[{}]']
    return "{%s}" % ",".join(random_.choices(members, k=random_.randrange(12)))


def lines(random_):
    """Lines of spans that nobody made, and a few of which bytes are not what they were."""
    result = []
    for _ in range(random_.randrange(1, 30)):
        spans = ",".join(span(random_) for _ in range(random_.randrange(12)))
        line = '{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":%s}]},"scopeSpans":' % value(
            random_) + '[{"spans":[%s]}]}]}' % spans
        line = bytearray(line.encode())
        if random_.random() < 0.02:
            line[random_.randrange(len(line))] = random_.randrange(256)
        if random_.random() < 0.02:
            del line[random_.randrange(len(line)):]
        result.append(bytes(line))
    return b"\n".join(result)


KINDS = [
    ("lines", lines, ".jsonl", ["correlate", "--across"]),
    ("letters", lambda random_: noise(random_, 5000), ".jsonl", ["correlate"]),
    ("conversation", conversation, ".pcap", ["replay"]),
    ("damaged", damaged, ".pcap", ["replay"]),
    ("blocks", blocks, ".pcapng", ["replay"]),
    ("noise", lambda random_: noise(random_, 5000), ".pcap", ["replay"]),
    ("configuration", configuration, ".yaml", ["config", "validate", "--config"]),
]


def errors_of(process):
    """What a process wrote to standard error until its end; None if it does not end in time."""
    end = patience.now() + TIMEOUT_S
    while patience.now() < end:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=0.5)[1]
    return None


def fault(binary, command, path):
    """What was wrong with a run; None if nothing was."""
    with subprocess.Popen(
            ["prlimit", f"--as={MEMORY}", "--core=0", binary, *command, path], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            said = errors_of(process)
        finally:
            process.kill()
    if said is None:
        return f"still running after {TIMEOUT_S} s"
    if process.returncode not in (0, 1, 2):
        return f"ended with {process.returncode}: {said[-300:].decode(errors='replace')}"
    if process.returncode and not said.strip():
        return f"ended with {process.returncode} and said nothing"
    return None


def feed(binary, first_seed, rounds):
    """Rounds of every kind; how many passed and how many failed."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="interspan-fuzz-"))
    passed = failed = 0
    for name, make, suffix, command in KINDS:
        faults = 0
        for seed in range(first_seed, first_seed + rounds):
            path = folder / f"{name}-{seed}{suffix}"
            path.write_bytes(make(random.Random(seed)))
            wrong = fault(binary, command, path)
            if wrong:
                faults += 1
                print(f"FAILED  {name} --seed {seed}: {wrong}\n    file: {path}", flush=True)
                if faults == ENOUGH:
                    break
            else:
                path.unlink()
                passed += 1
        print(f"{'FAILED' if faults else 'ok':<8}{name}", flush=True)
        failed += faults
    if not failed:
        shutil.rmtree(folder)
    return passed, failed
