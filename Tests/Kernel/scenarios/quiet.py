"""The agent never feeds on itself: beside telemetry, scrapes and probes alone it exports nothing, and counts them."""
import json
import os
import subprocess
import time

from harness import free, patience
from harness.otlp import CLIENT, SERVER
from harness.python import python_with
from harness.raw import Wire, get
from harness.registry import test
from harness.telemetry import Telemetry
from harness.world import LAST_RETURN_S, SERVICES, check, require

from .own import receiver

# How long nothing must be exported, s.
QUIET_S = float(os.environ.get("INTERSPAN_QUIET_S", "15"))
# Those spans need no longer to be seen.
BRIEF_S = 3.0
PACKAGES = ("grpcio", "opentelemetry-proto", "opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-grpc",
            "opentelemetry-exporter-otlp-proto-http")
# OTLP/gRPC's port: a connection that is met in the middle is known by it, and at others by what it carries.
OTLP_PORT = 4317
FAULTS = SERVICES.parents[1] / "Peers/grpc_receiver.py"


class Scene:
    """Telemetry of all kinds beside an agent, and nothing else. The agent watches those whose words name the test's
    folder, so that what others on this machine do is no matter."""

    def __init__(self, world, telemetry):
        self.world, self.telemetry = world, Telemetry()
        self.python = python_with(*PACKAGES)
        _, self.backend, _ = receiver(world)
        # Before the agent: how its own backend's neighbours usually are.
        first = self.http_backend("first"), self.grpc_backend("elsewhere", free.port())
        if free.is_listening(OTLP_PORT):
            world.notes.append(f"somebody listens at {OTLP_PORT}: no SDK exported to it before the agent began")
            self.early = self.sdk("early", *first)
        else:
            self.early = self.sdk("early", *first, self.grpc_backend("second", OTLP_PORT))
        b = world.backend("b")
        self.service = world.backend("a", call=b)
        grpc, http = free.port(), free.port()
        self.agent = world.agent(
            exporters={"otlp_http": {"endpoint": self.backend}}, telemetry=self.telemetry.section,
            receiver={"select": [{"command": f"*{world.folder}*"}], "telemetry": telemetry},
            receivers={"otlp": {"protocols": {
                "grpc": {"endpoint": f"127.0.0.1:{grpc}"}, "http": {"endpoint": f"127.0.0.1:{http}"}}}})
        self.late = self.sdk("late", f"grpc=http://127.0.0.1:{grpc}", f"http=http://127.0.0.1:{http}/v1/traces",
                             self.grpc_backend("third", free.port()), self.http_backend("fourth"))
        self.watchers = world.script("watchers", "watchers.py", "--mark", world.folder, self.service.url)
        self.reporters = self.packaged("reporters", SERVICES / "reporters.py", "--mark", world.folder)

    def packaged(self, name, script, *arguments):
        """A program that needs packages of the index."""
        return self.world.process(name, [self.python, script, *arguments], stdin=subprocess.PIPE)

    def sdk(self, name, *targets):
        """A program that sends to those, and has begun to."""
        process = self.packaged(name, SERVICES / "sdk.py", "--mark", self.world.folder, *targets)
        process.wait_for(process.out, "exporting", 30)
        return process

    def grpc_backend(self, name, port):
        """A backend that is not ours."""
        process = self.packaged(name, FAULTS, self.world.folder / f"{name}.log", "OK", "--port", port)
        process.wait_for(process.out, str(port), 30)
        return f"grpc=http://127.0.0.1:{port}"

    def http_backend(self, name):
        """Likewise."""
        return f"http={receiver(self.world, name)[1]}/v1/traces"

    def end(self):
        """Ends everything; (the spans that the agent made, how often each did what it does)."""
        said = {}
        for process in (self.watchers, self.reporters, self.early, self.late):
            process.stop(timeout=20)
            said.update(json.loads(process.output().splitlines()[-1]))
        patience.sleep(LAST_RETURN_S)
        self.agent.stop()
        return [span for span in self.agent.spans() if span.scope == "interspan"], said


def doctor(world, agent):
    """What `doctor` says of conservation."""
    output = subprocess.run(
        [world.binary, "doctor", "--json", "--config", agent.configuration], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, check=True, timeout=60).stdout
    return json.loads(output)["conservation"]


@test
def nothingIsExportedBesideTelemetryAlone(world):
    scene = Scene(world, "drop")
    patience.sleep(QUIET_S)
    page = scene.telemetry.metrics()
    problems = page.unbalanced(under_way=0.5)
    made = page.sum("interspan_bridge_spans_total")
    if made:
        problems.append(f"{made:.0f} spans were made while nothing else talked")
    told = doctor(world, scene.agent)
    problems += [f"doctor: {line}" for line in told["equations"] if not line["holds"]]
    check(len(told["equations"]) >= 6 and told["problem"] is None, f"doctor says {told}")
    spans, said = scene.end()
    counted = scene.agent.counters
    problems += [f"a span of {span.pid}: {span.name} {span.path} {span.attributes}" for span in spans]
    dropped = "interspan_bridge_dropped_exchanges_total"
    for kind in ("otlp", "skywalking", "jaeger", "scrape", "probe", "caused"):
        if not page.sum(dropped, reason="telemetry", kind=kind):
            problems.append(f"no {kind} was counted")
    # Everybody was seen at both ends; the agent's own receivers are nobody's but the agent's.
    asked = {
        "scrape": 2 * (said["prometheus"] + said["another scraper"]),
        "probe": 2 * (said["kubelet"] + said["load balancer"] + said["another load balancer"] + said["consul"]
                      + said["/grpc.health.v1.Health/Check"]),
        "jaeger": 2 * said["/jaeger.api_v2.CollectorService/PostSpans"],
        "caused": 2 * sum(count for name, count in said.items() if "/" not in name),
    }
    for kind, count in asked.items():
        if counted.get(f"telemetry_{kind}", 0) != count:
            problems.append(f"{counted.get(f'telemetry_{kind}', 0)} ends of {kind} were counted, not {count}")
    world.notes.append(", ".join(f"{name.removeprefix('telemetry_')} {count}" for name, count in counted.items()
                                 if name.startswith("telemetry_")))
    require(problems + scene.agent.unbalanced())


@test
def telemetryIsThereWhereItIsKept(world):
    scene = Scene(world, "keep")
    time.sleep(BRIEF_S)
    spans, said = scene.end()
    problems = scene.agent.unbalanced()
    if scene.agent.counters["telemetry"]:
        problems.append(f"{scene.agent.counters['telemetry']} ends were left out")
    for name, count in said.items():
        if name.startswith("/"):
            found = [span for span in spans if span.name == name[1:]]
        elif "//" in name:
            continue
        else:
            found = [span for span in spans if span.path.startswith(f"/a/{name.replace(' ', '-')}-")]
        for kind in (CLIENT, SERVER):
            seen = sum(span.kind == kind for span in found)
            if seen != count:
                problems.append(f"{seen} spans of kind {kind} of {count} times {name}")
    for name in ("opentelemetry.proto.collector.trace.v1.TraceService/Export", "POST /v1/traces"):
        if not any(span.name == name for span in spans):
            problems.append(f"no span of {name}: {sorted({span.name for span in spans})}")
    require(problems)


@test
def anOrdinaryRequestIsNoTelemetryWhateverItsPath(world):
    service = world.backend("a")
    agent = world.agent(receiver={"select": [{"command": f"*{world.folder}*"}]})
    base, wanted = service.url.removesuffix("/a/"), []
    signals = ("/v1/traces", "/v1/metrics", "/v1/logs")
    paths = (*signals, "/health", "/healthz", "/metrics", "/api/traces", "/api/v2/spans")
    ways = [(path, options) for path in paths for options in (
        (), ("-d", "{}", "-H", "Content-Type: text/plain"), ("-X", "PUT"))]
    for path, options in ways + [(path, ("-d", "{}", "-H", "Content-Type: application/json")) for path in signals]:
        curl = ["curl", "-sS", "--fail", "-o", world.folder / "answer", *options, base + path]
        subprocess.run(curl, check=True, timeout=20)
        wanted += [(path, CLIENT), (path, SERVER)]
    patience.sleep(LAST_RETURN_S)
    agent.stop()
    seen = sorted((span.path, span.kind) for span in agent.spans())
    problems = [] if seen == sorted(wanted) else [f"{len(seen)} spans, not {len(wanted)}: {seen}"]
    if agent.counters["telemetry"]:
        problems.append(f"{agent.counters['telemetry']} ends were taken for telemetry")
    require(problems + agent.unbalanced())


@test
def aProbeIsKnownHoweverItComesAndNothingElseIsTakenForOne(world):
    service = world.backend("a")
    agent = world.agent()
    probe, rest = "User-Agent: kube-probe/1.30", "\r\n\r\n"
    # (what is sent by how many calls, whether it is a probe)
    cases = [
        ([get("{}", probe)], True), ([get("{}", "user-AGENT:\t kube-probe/1.30 ")], True),
        (["GET {} HTTP/1.1\r\nHost: raw\r\nUser-Ag", "ent: kube-pr", "obe/1.30", rest], True),
        ([*(f"GET {{}} HTTP/1.1\r\nHost: raw\r\n{probe}{rest}".partition("kube"))], True),
        ([get("{}", probe, method="HEAD")], True), ([get("{}", probe, version="1.0")], True),
        ([get("{}", "X-PROMETHEUS-Scrape-Timeout-Seconds:")], True),
        ([get("{}", probe.upper())], False), ([get("{}", "User-Agent:")], False), ([get("{}")], False),
        ([get("{}", probe, "User-Agent: shop/1.0")], False), ([get("{}", "X-Agent: kube-probe/1.30")], False),
        ([get("{}", probe.replace(" kube", " a kube"))], False), ([get("{}", probe, method="DELETE")], False),
        ([get("{}", f"Cookie: a={probe}")], False), ([get("{}?" + probe.replace(" ", ""))], False),
    ]
    wanted = []
    for number, (pieces, is_probe) in enumerate(cases):
        path = f"/a/{world.token}-{number}"
        with Wire(service.address) as wire:
            for piece in pieces:
                wire.say(piece.replace("{}", path))
                time.sleep(0.05)
            wire.hear(bodyless=any("HEAD" in piece for piece in pieces))
        wanted += [] if is_probe else [(path, SERVER), (path, CLIENT)]
    patience.sleep(LAST_RETURN_S)
    agent.stop()
    seen = [(span.path, span.kind) for span in agent.spans() if world.token in span.path]
    problems = [f"no span of case {wrong}" for wrong in sorted(set(wanted) - set(seen))]
    problems += [f"a span of case {wrong}" for wrong in sorted(set(seen) - set(wanted))]
    require(problems + agent.unbalanced())
