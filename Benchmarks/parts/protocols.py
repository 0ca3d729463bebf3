"""Each protocol's parser, with the pipeline behind it: a conversation repeated on a few connections, replayed, by the
CPU time it takes.

The conversations are those of the conformance tests; samples/ has one of each protocol, made by
`INTERSPAN_SAMPLES=$PWD/Benchmarks/samples swift test --filter ConversationSeeds`.
"""
import json
import pathlib
import subprocess

from harness import otlp, pcap
from harness.process import Failure

from .pipeline import cpu_seconds
from .stage import Row, figure

EVERY_HOOK = False
SAMPLES = pathlib.Path(__file__).resolve().parent.parent / "samples"
CONNECTIONS = 16
# Ports at which a protocol is mostly found, where its bytes alone leave doubts.
PORTS = {"dns": 53, "memcached": 11211, "mongodb": 27017, "mqtt": 1883, "mysql": 3306, "postgresql": 5432}


def read(path):
    """A sample: (steps before those that are repeated, those), each (0 for the client or 1, bytes)."""
    before, loop = [], []
    steps = before
    for line in path.read_text().splitlines():
        if line == "loop":
            steps = loop
        else:
            side, digits = line.split()
            steps.append((0 if side == ">" else 1, bytes.fromhex(digits)))
    return before, loop


def write(path, name, rounds):
    """A capture of a sample repeated so often on each connection; gives how many bytes were said."""
    before, loop = read(SAMPLES / f"{name}.txt")
    clock, connections, said = 1_700_000_000_000_000, [], 0
    with open(path, "wb") as file:
        file.write(pcap.header())

        def say(connection, steps):
            nonlocal clock
            connection.clock = clock
            for side, data in steps:
                file.write(connection.send(side, data))
            clock = connection.clock
            return sum(len(data) for _, data in steps)

        for number in range(CONNECTIONS):
            connection = pcap.Connection(
                (pcap.LOOPBACK, 40000 + number), (pcap.LOOPBACK, PORTS.get(name, 8080)), 1000 + 7919 * number,
                5000 + 104729 * number, clock)
            file.write(connection.open())
            clock = connection.clock
            said += say(connection, before)
            connections.append(connection)
        for _ in range(rounds):
            for connection in connections:
                said += say(connection, loop)
        for connection in connections:
            connection.clock = clock
            file.write(connection.close())
            clock = connection.clock
    return said


def spans_of(binary, capture):
    """How many spans a replay gives."""
    result = subprocess.run(
        [binary, "replay", capture, "--output", "-"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if result.returncode:
        raise Failure(f"replay ended with {result.returncode}: {result.stderr[-300:]}")
    return sum(1 for line in result.stdout.splitlines() if line for _ in otlp.spans_of(json.loads(line)))


def measure(stage):
    """Replays of a long capture of each protocol, less those of a short one, which is what starting costs."""
    bytes_wanted = 1 << (20 if stage.quick else 24)
    for name in sorted(path.stem for path in SAMPLES.glob("*.txt")):
        small, large = stage.folder / f"{name}-small.pcap", stage.folder / f"{name}-large.pcap"
        few = 2
        said_small = write(small, name, few)
        in_loop = sum(len(data) for _, data in read(SAMPLES / f"{name}.txt")[1])
        rounds = few + max(bytes_wanted // (in_loop * CONNECTIONS), 1)
        said = write(large, name, rounds) - said_small
        # Both ends are on loopback: two spans an exchange. What is opened or passed over before the loop is in both.
        exchanges = (spans_of(stage.binary, large) - spans_of(stage.binary, small)) / 2
        if exchanges <= 0:
            raise Failure(f"{name}: a replay of its sample gives no spans")
        rates = []
        for _ in range(3 if stage.quick else 5):
            start = cpu_seconds([stage.binary, "replay", small, "--output", "/dev/null"])[0]
            used = cpu_seconds([stage.binary, "replay", large, "--output", "/dev/null"])[0]
            rates.append(1 / max(used - start, 1e-6))
        small.unlink()
        large.unlink()
        # A replay follows both ends: every byte is parsed twice.
        yield Row(
            f"`replay` of {name}, {said / exchanges:,.0f} bytes an exchange: bytes a CPU second",
            figure([2 * said * rate / 1e6 for rate in rates], " MB/s", 1), "")
        yield Row(
            f"`replay` of {name}: exchanges a CPU second", figure([exchanges * rate for rate in rates], "/s"), "")
