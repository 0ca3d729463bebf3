"""What leaves by OTLP/HTTP, read by others: the OpenTelemetry project's own messages, and a receiver people run."""
import dataclasses
import pathlib
import socket
import subprocess
import time

from harness import free, otlp, patience
from harness.process import Skip
from harness.python import python_with
from harness.python import python_with
from harness.registry import test
from harness.world import check, require

from .own import receiver

ROOT = pathlib.Path(__file__).resolve().parents[3]
DECODE = ROOT / "Tests/Kernel/services/decode.py"
REQUESTS = 60


def decoded(python, folder):
    """The spans of everything a receiver got, by opentelemetry-proto."""
    result = subprocess.run([python, DECODE, folder], capture_output=True, text=True)
    check(result.returncode == 0, f"opentelemetry-proto: {result.stderr[-500:]}")
    lines = folder.parent / f"{folder.name}.jsonl"
    lines.write_text(result.stdout)
    return otlp.read(lines)


def traffic(world, exporters):
    """Requests with a tree each, exported in several ways; gives the spans that the file exporter wrote."""
    b = world.backend("b")
    a = world.backend("a", call=b)
    agent = world.agent(exporters=exporters)
    world.client(4).send(a.url, world.names(REQUESTS))
    world.client(4).send(a.url, world.names(5, "failed"), query="status=500")
    return world.finish(agent)[1]


def same(spans, others, token):
    """Where two lists of spans differ, of those that have the token."""
    def by_id(these):
        return {span.span_id: dataclasses.asdict(span) for span in these if token in span.path}

    first, second = by_id(spans), by_id(others)
    doubles = sum(token in span.path for span in others) - len(second)
    if doubles:
        yield f"{doubles} spans came twice"
    for key in first.keys() | second.keys():
        if first.get(key) != second.get(key):
            yield f"written to the file: {first.get(key)}\n      came by OTLP: {second.get(key)}"


@test(tier="peers", every_hook=False)
def exportedBytesAreWhatOpenTelemetryReads(world):
    python = python_with("opentelemetry-proto")
    _, endpoint, folder = receiver(world)
    _, plain, plain_folder = receiver(world, "plain")
    spans = traffic(world, {
        "otlp_http/gzip": {"endpoint": endpoint}, "otlp_http/plain": {"endpoint": plain, "compression": "none"}})
    require([*same(spans, decoded(python, folder), world.token),
             *same(spans, decoded(python, plain_folder), world.token)])


@test(tier="peers", every_hook=False)
def aBackendThatIsBusyAtFirstGetsEverything(world):
    python = python_with("opentelemetry-proto")
    _, endpoint, folder = receiver(world, "receiver", "--answers", "503,429,200")
    spans = traffic(world, {
        "otlp_http": {"endpoint": endpoint, "retry_on_failure": {"initial_interval": "100ms"}}})
    require(same(spans, decoded(python, folder), world.token))


@test(tier="peers", every_hook=False)
def rotelTakesAndPassesOnTheSameSpans(world):
    python = python_with("opentelemetry-proto", "rotel")
    _, behind, folder = receiver(world)
    found = subprocess.run(
        [python, "-c", "import rotel, pathlib; print(pathlib.Path(rotel.__file__).parent / 'rotel-agent')"],
        capture_output=True, text=True)
    port = free.port()
    rotel = world.process("rotel", [
        found.stdout.strip(), "start", "--otlp-http-endpoint", f"127.0.0.1:{port}",
        "--otlp-grpc-endpoint", f"127.0.0.1:{free.port()}", "--exporter", "otlp", "--otlp-exporter-protocol", "http",
        "--otlp-exporter-endpoint", behind, "--traces-batch-timeout", "100ms"])
    wait_for_port(rotel, port)
    spans = traffic(world, {"otlp_http": {"endpoint": f"http://127.0.0.1:{port}"}})
    time.sleep(1.5)
    rotel.stop(timeout=10)
    require(same(spans, decoded(python, folder), world.token))


def wait_for_port(process, port):
    """Waits until a program that says nothing listens."""
    end = patience.now() + 15
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if process.status is not None or patience.now() > end:
                raise Skip(f"rotel does not start: {process.last_words()}") from None
            time.sleep(0.05)
