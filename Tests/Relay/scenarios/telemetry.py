"""What the agent tells of itself while SDKs send through it."""
import socket
import time

from harness import patience
from harness.process import Failure
from harness.registry import test
from harness.telemetry import Telemetry
from relay import make
from relay.check import check, equal, require
from relay.load import Load
from relay.sender import HTTPSender, is_taken

LOAD_S = 3.0


@test
def metricsAreWhatSendersAndBackendsSay(world):
    telemetry = Telemetry()
    backends = {f"otlp_{kind}": world.backend(kind) for kind in ("http", "grpc")}
    agent = world.agent(
        {name: backend.section() for name, backend in backends.items()},
        configuration={"service": {"telemetry": telemetry.section}})
    telemetry.wait_until(True)
    load = Load(agent, senders=4, pause=0.01)
    time.sleep(LOAD_S)
    load.stop()
    for backend in backends.values():
        backend.wait_for_spans(load.acknowledged)
    sent, problems = len(load.acknowledged), []
    for form in ("text", "openmetrics"):
        page = telemetry.metrics(form)
        wanted = {("interspan_receiver_accepted_spans_total", "otlp"): sent,
                  ("interspan_receiver_refused_spans_total", "otlp"): 0}
        for name in backends:
            wanted[("interspan_exporter_accepted_spans_total", name)] = sent
            wanted[("interspan_exporter_sent_spans_total", name)] = sent
            wanted[("interspan_exporter_dropped_spans_total", name)] = 0
            wanted[("interspan_exporter_queued_spans", name)] = 0
            wanted[("interspan_exporter_request_seconds_count", name)] = len(backends[name].requests())
        for (metric, of), value in wanted.items():
            found = page.sum(metric, **{"receiver" if of == "otlp" else "exporter": of})
            if found != value:
                problems.append(f"{form}: {metric} of {of} is {found:.0f}, not {value}")
        types = {family["type"] for family in page.families.values()}
        equal(types, {"counter", "gauge", "histogram"}, f"{form}: types")
    memory = page.sum("interspan_process_memory_rss_bytes")
    peak = agent.peak_memory()
    check(5e6 < memory <= peak, f"{memory:.0f} bytes are resident, never more than {peak}")
    agent.stop()
    require([*problems, *agent.unbalanced()])


@test
def itIsReadyWhileItsBackendsAnswer(world):
    telemetry = Telemetry()
    backends = {kind: world.backend(kind) for kind in ("http", "grpc")}
    agent = world.agent(
        {f"otlp_{kind}/x": backend.section(headers={"authorization": "Bearer hunter2"})
         for kind, backend in backends.items()}, configuration={"service": {"telemetry": telemetry.section}})
    telemetry.wait_until(True)
    check(not any(backend.requests() for backend in backends.values()), "a request was made although nothing was sent")
    for kind, backend in backends.items():
        backend.kill()
        _, obstacles = telemetry.wait_until(False)[-1]
        equal([obstacle["part"] for obstacle in obstacles], [f"otlp_{kind}/x"] * len(obstacles), "who is not ready")
        check("hunter2" not in str(obstacles) and str(backend.port) not in str(obstacles), f"too much: {obstacles}")
        equal(telemetry.get("/healthz")[0], 200, "status of /healthz while a backend is away")
        backend.start()
        telemetry.wait_until(True)
    # One that is there and takes nothing is not ready either, and that it can be reached changes nothing.
    backends["http"].tell("503")
    request, ids = make.traces(3)
    check(is_taken(HTTPSender(agent.http_port).export(request.SerializeToString())), "was not taken")
    telemetry.wait_until(False)
    backends["http"].tell("200")
    backends["http"].wait_for_spans(ids)
    telemetry.wait_until(True)
    agent.stop()
    require(agent.unbalanced())


@test
def aTakenAddressOfTheAgentsOwnIsAnErrorThatNamesIt(world):
    backend = world.backend("http")
    for place in ("metrics", "health"):
        with socket.create_server(("127.0.0.1", 0)) as other:
            taken = f"127.0.0.1:{other.getsockname()[1]}"
            section = {**Telemetry().section, place: {"address": taken}}
            agent = world.agent_starting(
                {"otlp_http": backend.section()}, configuration={"service": {"telemetry": section}})
            equal(agent.process.wait(15), 1, f"exit status ({agent.process.last_words()})")
            line = f"service.telemetry.{place}.address: {taken}"
            check(line in agent.process.errors(), f"no line says {line}: {agent.process.last_words()}")


@test
def whoAsksBadlyChangesNothing(world):
    telemetry = Telemetry()
    backend = world.backend("http")
    agent = world.agent(
        {"otlp_http": backend.section()}, configuration={"service": {"telemetry": telemetry.section}})
    telemetry.wait_until(True)
    # Nothing at all, half of something, nonsense, and more than is answered.
    words = [b"", b"GET /metr", b"\x00" * 100, b"GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n" * 50]
    held = []
    # More than there may be.
    for number in range(200):
        connection = socket.create_connection(("127.0.0.1", telemetry.metrics_port), timeout=5)
        try:
            connection.sendall(words[number % 4])
        except OSError:
            pass
        held.append(connection)
    equal(telemetry.get("/healthz")[0], 200, "status of /healthz meanwhile")
    end = patience.now() + 30
    # They are given up by and by; nobody has to end them.
    while True:
        try:
            telemetry.metrics()
            break
        except (OSError, Failure) as error:
            check(patience.now() < end, f"/metrics does not come back: {error}")
            time.sleep(0.5)
    for connection in held:
        connection.close()
    check(agent.peak_memory() < 200e6, f"it used {agent.peak_memory()} bytes")
    request, ids = make.traces(3)
    check(is_taken(HTTPSender(agent.http_port).export(request.SerializeToString())), "was not taken")
    backend.wait_for_spans(ids)
    agent.stop()
    require(agent.unbalanced())
