"""What a test has at hand: services that are traced in every way, nginx, databases, a visitor, agents; all in a folder
of its own and gone when it ends."""
import os
import pathlib
import re
import secrets
import subprocess
import sys
import time

from harness import free, nginx, patience, truth
from harness.agent import OUR_LOSSES, unaccounted
from harness.world import Client, World as KernelWorld, require
from harness.python import python_with
from live.server import Server

from . import compare

SERVICES = pathlib.Path(__file__).resolve().parent.parent / "services"
# The versions go together; jaeger-client needs six and does not say so.
PACKAGES = (
    "opentelemetry-instrumentation-psycopg2==0.66b1", "opentelemetry-sdk==1.45.1",
    "opentelemetry-exporter-otlp-proto-http==1.45.1", "opentelemetry-propagator-jaeger==1.45.1",
    "opentelemetry-propagator-b3==1.45.1", "psycopg2-binary", "pymysql", "apache-skywalking==1.2.0", "six",
    "jaeger-client")
LOSSES_OF_OTHERS = ("unread", "gap", "malformed")
# Between the end of a span and its export, for an SDK.
EXPORT_DELAY_MS = 100
START_TIMEOUT_S = 60
SETTLE_TIMEOUT_S = 20
# Nothing new for so long: SDKs have sent what they have. What still waits in the agent leaves when it ends.
SETTLED_S = 1.2


class World(KernelWorld):
    """A test's own."""

    def __init__(self, folder, binary, hook, is_shared=False):
        super().__init__(folder, binary, hook)
        self.is_shared, self.services = is_shared, {}
        # The first digits of all numbers: like nobody else's on this host, other tests included.
        self._mark = 10_000 + secrets.randbelow(90_000)
        self._next = self._mark * 1000

    def port(self):
        """A free port."""
        return free.port()

    def numbers(self, count):
        """Numbers of requests, each unlike any other."""
        self._next += count
        return range(self._next - count, self._next)

    def python(self):
        """An interpreter that has everything that traces."""
        return python_with(*PACKAGES, apart="merge")

    def ended_with_the_test(self, how):
        """Calls it when the test is over."""
        self._stack.callback(how)

    def server(self, name, argv, port, user=None, env=None):
        """A server that listens at a port."""
        server = Server(name, argv, self.folder, port, user, env)
        self._stack.callback(server.stop)
        return server.wait_until_listening(START_TIMEOUT_S)

    def service(
            self, name, instrument="none", steps=(), propagators=None, spans_to=(), forward=(), environment=None):
        """A service (services/service.py), started and not waited for; the port where it will listen. `spans_to` are
        the base URLs of whoever is to have its spans."""
        port, file = self.port(), self.watch(name)
        command = [self.python(), "-B", SERVICES / "service.py", name, "--port", port, "--truth", file,
                   "--instrument", instrument]
        for step in steps:
            command += ["--step", step]
        for header in forward:
            command += ["--forward", header]
        variables = {key: value for key, value in os.environ.items() if not key.startswith("OTEL_")}
        variables.update({
            "OTEL_SERVICE_NAME": name, "OTEL_BSP_SCHEDULE_DELAY": str(EXPORT_DELAY_MS),
            "SPANS_TO": ",".join(spans_to), **(environment or {})})
        if propagators:
            variables["OTEL_PROPAGATORS"] = propagators
        self.services[name] = self.process(name, command, env=variables)
        return port

    def ready(self):
        """Waits until every service listens."""
        for service in self.services.values():
            service.wait_for(service.out, "listening", START_TIMEOUT_S)

    def proxy(self, routes, workers=1):
        """nginx as anybody has it; routes: {first part of the path: port}. The port where it listens."""
        port = self.port()
        self._stack.callback(nginx.Nginx(
            self.folder, [f"127.0.0.1:{port}"],
            {prefix: (prefix, f"127.0.0.1:{to}") for prefix, to in routes.items()}, workers=workers, log=False).stop)
        return port

    def visitor(self, at_once=1):
        """Whoever asks first; nothing traces it."""
        name = f"visitor{len(self._truth_files)}"
        return Client(self.process(
            name, [sys.executable, "-B", SERVICES.parent.parent / "Kernel/services/client.py", "--connections", at_once,
                   "--truth", self.watch(name)],
            stdin=subprocess.PIPE, env={**os.environ, "OTEL_SERVICE_NAME": "visitor"}))

    def merging(self, port=None, merge=None, sample=None, **options):
        """An agent that captures, merges and receives; its URL is `url`. merge, sample: its settings of merging and of
        sampling."""
        port = port or self.port()
        receivers = {"otlp": {"protocols": {"http": {"endpoint": f"127.0.0.1:{port}"}}}}
        processors = {name: settings for name, settings in (("merge", merge), ("sample", sample)) if settings}
        agent = self.agent(receivers=receivers, processors=processors or None, **options)
        agent.url = f"http://127.0.0.1:{port}"
        return agent

    def requests(self, visitor, port, path, numbers, **job):
        """Sends a request for each number and waits for all answers; all must be good."""
        visitor.send(f"http://127.0.0.1:{port}/{path}/", [str(number) for number in numbers], **job)
        answered = {call["path"]: call["status"] for line in self.told() for call in line.get("calls", ())}
        require(f"/{path}/{number} was answered with {answered.get(f'/{path}/{number}')}"
                for number in numbers if answered.get(f"/{path}/{number}") != 200)

    def warm_up(self, port, path, agents, services, count=4):
        """Requests that nobody compares, until spans of all these services have passed the agents' receivers."""
        visitor, end = self.visitor(), patience.now() + SETTLE_TIMEOUT_S
        while True:
            self.requests(visitor, port, path, self.numbers(count))
            time.sleep(2 * EXPORT_DELAY_MS / 1000)
            missing = [name for agent in agents for name in services if not any(
                span.scope != compare.OURS and span.resource.get("service.name") == name for span in agent.spans())]
            if not missing:
                return
            if patience.now() > end:
                require([f"no span of the SDK of {name} passed" for name in missing])

    def settle(self, agents):
        """Waits until no span of this test has come for a while, whatever comes of others on the host."""
        end, counts, since = patience.now() + SETTLE_TIMEOUT_S, None, 0.0
        files, mark = [agent.spans_file for agent in agents], str(self._mark).encode()
        while patience.now() < end:
            now = [file.read_bytes().count(mark) if file.exists() else 0 for file in files]
            if now != counts:
                counts, since = now, patience.now()
            elif patience.now() - since >= SETTLED_S:
                return
            time.sleep(0.1)

    def told(self):
        """Everything that was written down so far, by the services and whoever asked."""
        return truth.read(self._truth_files)

    def sdk_spans(self):
        """What the SDKs themselves say of their spans: {key: the line of truth}."""
        return {compare.key_of_line(line): line for line in self.told() if "sdk" in line and line["number"]}

    def end(self, agent):
        """Ends an agent, whose counters must balance, and gives its spans."""
        return self.end_each({None: agent})[None]

    def end_each(self, agents):
        """Ends agents by name, and gives the spans of each."""
        self.settle(agents.values())
        losses = [reason for reason in OUR_LOSSES if not (self.is_shared and reason in LOSSES_OF_OTHERS)]
        for agent in agents.values():
            agent.stop()
        for agent in agents.values():
            require(unbalanced(agent, losses))
        return {name: agent.spans() for name, agent in agents.items()}


def unbalanced(agent, losses):
    """What is wrong with the closing counters of an agent that also receives."""
    counters, wrong = agent.counters, []
    for one, other in (("hooked", "submitted"), ("submitted", "consumed"), ("opened", "closed")):
        dropped = sum(counters.get(f"lost_{reason}", 0) for reason in ("ring_full", "no_socket_state", "shed"))
        extra = dropped if one == "hooked" else 0
        if counters.get(one) != counters.get(other, 0) + extra:
            wrong.append(f"{one} {counters.get(one)} is not {other} {counters.get(other)} + {extra}")
    wrong += unaccounted(counters)
    wrong += [f"lost_{reason} is {counters[f'lost_{reason}']}" for reason in losses
              if counters.get(f"lost_{reason}") and reason not in agent.borne()]
    for name, counts in agent.exporters.items():
        if counts["accepted"] != counts["sent"] + counts["dropped"] + counts["queued"] or counts["dropped"]:
            wrong.append(f"exporter {name}: accepted is not sent + queued: {counts}")
    accepted = agent.exporters.get("file", {}).get("accepted")
    if accepted is not None and accepted != len(agent.spans()):
        wrong.append(f"the file exporter accepted {accepted} spans, the file has {len(agent.spans())}")
    return wrong


def closing(agent, what):
    """The counters of a closing line of the agent: of `merge`, `context` or `received span`."""
    lines = [line for line in agent.process.errors().splitlines() if f"{what} summary" in line]
    pairs = re.findall(r"([\w./-]+)=(\d+)", lines[-1]) if lines else []
    return {key: int(value) for key, value in pairs}
