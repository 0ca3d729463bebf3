"""SDK -> the relay -> rotel, a collector that others wrote -> a backend."""
import pathlib
import socket
import time

from harness import free, patience
from harness.process import Skip
from harness.registry import test
from relay import messages, sdk
from relay.check import require
from relay.sender import HTTPSender


class Rotel:
    """It, on two ports of its own, in front of a backend."""

    def __init__(self, world, name, backend):
        import rotel
        self.grpc_port, self.http_port = free.port(), free.port()
        program = pathlib.Path(rotel.__file__).parent / "rotel-agent"
        self.process = world.process(name, [
            program, "start", "--otlp-http-endpoint", f"127.0.0.1:{self.http_port}",
            "--otlp-grpc-endpoint", f"127.0.0.1:{self.grpc_port}", "--exporter", "otlp", "--otlp-exporter-protocol",
            "http", "--otlp-exporter-endpoint", backend.endpoint, "--traces-batch-timeout", "100ms"])
        end = patience.now() + 15
        for port in (self.grpc_port, self.http_port):
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    if self.process.status is not None or patience.now() > end:
                        raise Skip(f"rotel does not start: {self.process.last_words()}") from None
                    time.sleep(0.05)


def through(world, kind):
    """What rotel passes on of what we relayed is what it passes on of what it gets at first hand."""
    behind, direct = world.backend("http"), world.backend("http")
    rotel, other = Rotel(world, "rotel", behind), Rotel(world, "rotel-direct", direct)
    port = rotel.grpc_port if kind == "grpc" else rotel.http_port
    agent = world.agent({f"otlp_{kind}": {
        "endpoint": f"http://127.0.0.1:{port}", "sending_queue": {"batch": {"flush_timeout": "10ms"}}}})
    spans = sdk.spans()
    sent = sdk.encode_spans(spans)
    ids = [span.span_id.hex() for outer in sent.resource_spans for inner in outer.scope_spans for span in inner.spans]
    exporter = sdk.exporter("grpc", agent)
    exporter.export(spans)
    exporter.shutdown()
    HTTPSender(other.http_port).export(sent.SerializeToString())
    for backend in (behind, direct):
        backend.wait_for_spans(ids, timeout=20)
    agent.stop()
    first_hand = [messages.parse("traces", body) for body in direct.bodies()]
    own = [*messages.differences("traces", [sent], direct.bodies())]
    if own:
        world.notes.append(f"rotel itself changes spans: {own[0][:80]}")
    require([*agent.unbalanced(), *messages.differences("traces", first_hand, behind.bodies())])


@test
def rotelPassesOnWhatItGotFromUsByGRPC(world):
    through(world, "grpc")


@test
def rotelPassesOnWhatItGotFromUsByHTTP(world):
    through(world, "http")
