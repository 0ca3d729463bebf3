"""Forwarding OTLP: what is received is exported again, by interspan and by `rotel` in turns, the same batches, by the
CPU time each takes."""
import json
import pathlib
import subprocess
import time

from harness import free
from harness.process import Failure, Process, Skip

from .stage import Row, figure

EVERY_HOOK = False
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SPANS_IN_REQUEST = 512


def tools():
    """The interpreter that has grpcio and the messages, and rotel's program."""
    found = subprocess.run(
        [ROOT / "scripts/venv", "grpcio", "opentelemetry-proto", "rotel"], capture_output=True, text=True)
    if found.returncode:
        raise Skip(f"packages from the index are missing: {found.stderr.strip()}")
    python = found.stdout.strip()
    rotel = subprocess.run(
        [python, "-c", "import rotel, pathlib; print(pathlib.Path(rotel.__file__).parent / 'rotel-agent')"],
        capture_output=True, text=True, check=True).stdout.strip()
    return python, rotel


class Interspan:
    """`interspan run` without live capture."""

    name = "interspan"

    def __init__(self, stage, number, sink, compression, storage=None):
        self.port = free.port()
        configuration = {
            "receivers": {"otlp": {"protocols": {"grpc": {"endpoint": f"127.0.0.1:{self.port}"}}}},
            "exporters": {"otlp_grpc": {"endpoint": f"http://127.0.0.1:{sink}", "compression": compression}},
            "service": {
                "pipelines": {"traces": {"receivers": ["otlp"], "exporters": ["otlp_grpc"]}},
                "telemetry": {"metrics": {"address": "none"}, "health": {"address": "none"}}},
        }
        if storage is not None:
            folder = stage.folder / f"queue{number}"
            configuration["extensions"] = {"file_storage": {"directory": str(folder), **storage}}
            configuration["service"]["extensions"] = ["file_storage"]
            configuration["exporters"]["otlp_grpc"]["sending_queue"] = {"storage": "file_storage"}
        path = stage.folder / f"relay{number}.yaml"
        path.write_text(json.dumps(configuration))
        self.process = Process(f"interspan{number}", [stage.binary, "run", "--config", path], stage.folder)


class Rotel:
    """`rotel`, an OTLP relay written in Rust, as its own documentation starts it."""

    name = "rotel"

    def __init__(self, stage, number, sink, compression, program):
        self.port = free.port()
        self.process = Process(f"rotel{number}", [
            program, "start", "--otlp-grpc-endpoint", f"127.0.0.1:{self.port}",
            "--otlp-http-endpoint", f"127.0.0.1:{free.port()}", "--exporter", "otlp",
            "--otlp-exporter-endpoint", f"http://127.0.0.1:{sink}", "--otlp-exporter-protocol", "grpc",
            "--otlp-exporter-compression", compression,
        ], stage.folder)


def cpu_ns(pid):
    """CPU time of all threads of a process that are alive, ns."""
    return sum(
        int(path.read_text().split()[0]) for path in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"))


def resident_mib(pid):
    """Most memory that a process had resident."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0


def forward(stage, relay, python, sink, requests):
    """Spans a CPU second, and the memory it took, of one run."""
    try:
        load = [python, HERE.parent / "relay_load.py"]
        warm = subprocess.run([*load, str(relay.port), "20", str(SPANS_IN_REQUEST)], capture_output=True, text=True)
        if warm.returncode:
            raise Failure(f"{relay.name} takes nothing: {warm.stderr[-300:]} {relay.process.last_words()}")
        wait_for(sink, 20)
        start = cpu_ns(relay.process.pid)
        subprocess.run([*load, str(relay.port), str(requests), str(SPANS_IN_REQUEST)], check=True, capture_output=True)
        wait_for(sink, 20 + requests)
        used = cpu_ns(relay.process.pid) - start
        return requests * SPANS_IN_REQUEST * 1e9 / used, resident_mib(relay.process.pid)
    finally:
        relay.process.stop()


class Sink:
    """A backend that counts spans, in a process of its own."""

    def __init__(self, stage, number, python):
        self.process = Process(f"sink{number}", [python, HERE.parent / "relay_sink.py"], stage.folder)
        self.port = int(self.process.wait_for(self.process.out, "port ").split()[1])

    @property
    def requests(self):
        """Requests of the senders that have come through."""
        lines = [line for line in self.process.output().splitlines() if line.startswith("spans ")]
        return int(lines[-1].split()[1]) // SPANS_IN_REQUEST if lines else 0


def wait_for(sink, requests):
    """Waits until the backend has what was sent."""
    end = time.monotonic() + 60
    while sink.requests < requests:
        if time.monotonic() > end:
            raise Failure(f"{sink.requests} of {requests} requests came through")
        time.sleep(0.02)


def through_the_disk(stage, python, requests):
    """The same with the queue on disk."""
    for name, storage in (("", {}), (", `fsync`", {"fsync": True})):
        rates = []
        for run in range(2 if stage.quick else 5):
            sink = Sink(stage, f"-disk{len(name)}-{run}", python)
            relay = Interspan(stage, f"-disk{len(name)}-{run}", sink.port, "none", storage)
            try:
                rates.append(forward(stage, relay, python, sink, requests)[0])
            finally:
                sink.process.stop()
        what = f"forward, gRPC in and out, {SPANS_IN_REQUEST} spans of 10 attributes a request, none"
        yield Row(f"{what}, queue on disk{name}: interspan: spans a CPU second", figure(rates, "/s"), "")


def measure(stage):
    """Alternating runs of both, and ours with its queue on disk."""
    python, program = tools()
    requests = 200 if stage.quick else 2000
    number = 0
    for compression in ("none", "gzip"):
        rates, memory = {"interspan": [], "rotel": []}, {"interspan": [], "rotel": []}
        for _ in range(2 if stage.quick else 5):
            for name in rates:
                number += 1
                sink = Sink(stage, number, python)
                relay = (
                    Interspan(stage, number, sink.port, compression) if name == "interspan"
                    else Rotel(stage, number, sink.port, compression, program))
                try:
                    rate, resident = forward(stage, relay, python, sink, requests)
                finally:
                    sink.process.stop()
                rates[name].append(rate)
                memory[name].append(resident)
        what = f"forward, gRPC in and out, {SPANS_IN_REQUEST} spans of 10 attributes a request, {compression}"
        budget = {("interspan", "none"): "> 900,000/s"}
        for name in rates:
            goal = budget.get((name, compression), "")
            yield Row(f"{what}: {name}: spans a CPU second", figure(rates[name], "/s"), goal)
            yield Row(f"{what}: {name}: most resident memory", figure(memory[name], " MiB", 1), "")
    yield from through_the_disk(stage, python, requests)
