"""Sampling under load: what leaves are whole traces, the ones that were asked for, and everything that failed."""
import json
import re
import signal
import subprocess
import time

from harness import free, otlp, patience
from harness.registry import test
from harness.world import LAST_RETURN_S, check, require

ROUNDS, PLAIN, RARE = 12, 100, 2
FAILING, MARKED = 12, 6
# However fast the machine is: of more rare requests a second than their part of the limit not all are kept.
ROUND_S = 0.4
# Client, nginx from both sides, a from both sides, b.
SPANS = 6
RATIO, LIMIT = 0.05, 20
# The threshold of that ratio, as OpenTelemetry writes it.
THRESHOLD = "f3333"
KEEP = [{"error": True}, {"header": "x-trace-me"}]


def load(world, client, url):
    """The requests by what they are, and how many seconds they took."""
    kinds = {"plain": [], "rare": [], "failing": [], "marked": []}
    began = time.monotonic()

    def send(kind, path, names, **job):
        client.send(f"{url}/{path}/", names, **job)
        kinds[kind] += names

    for number in range(ROUNDS):
        time.sleep(max(0, began + number * ROUND_S - time.monotonic()))
        send("plain", "edge", world.names(PLAIN, f"plain{number}"))
        send("rare", "rare", world.names(RARE, f"rare{number}"))
        send("failing", "edge", world.names(FAILING // ROUNDS, f"failing{number}"), query="status=500")
        if number % 2:
            send("marked", "edge", world.names(MARKED * 2 // ROUNDS, f"marked{number}"), headers={"X-Trace-Me": "1"})
    return kinds, time.monotonic() - began


def traces(agent, token):
    """The spans of each request, by its name; those of other programs on the host aside."""
    found = {}
    for span in agent.spans():
        name = re.search(rf"({token}[a-z]+\d+-\d+)", span.path)
        if name:
            found.setdefault(name[1], []).append(span)
    return found


def torn(found, who):
    """What is wrong with traces that left: each must be there whole."""
    for name, spans in found.items():
        if len(spans) != SPANS or len({span.trace_id for span in spans}) != 1:
            yield f"{who}: {name} has {len(spans)} spans of {len({span.trace_id for span in spans})} traces"
        elif sum(not span.parent_id for span in spans) != 1:
            yield f"{who}: {name} has {sum(not span.parent_id for span in spans)} roots"


def states(agent):
    """The tracestate of each span, by its id."""
    return {span["spanId"]: span.get("traceState", "") for line in agent.spans_file.read_text().splitlines()
            for resource in json.loads(line)["resourceSpans"] for scope in resource["scopeSpans"]
            for span in scope["spans"]}


@test(every_hook=False)
def underLoadWholeTracesLeaveAndEveryFailureIsAmongThem(world):
    b = world.backend("b")
    a = world.backend("a", call=b)
    address = f"127.0.0.1:{free.port()}"
    world.nginx([address], {"edge": a, "rare": a})
    agents = {
        "all": world.agent(),
        "ratio": world.agent(processors={"sample": {"ratio": RATIO, "keep": KEEP, "wait": "5s"}}),
        "rate": world.agent(processors={"sample": {"rate_limit": LIMIT, "keep": KEEP, "wait": "5s"}})}
    kinds, seconds = load(world, world.client(4), f"http://{address}")
    patience.sleep(LAST_RETURN_S)
    for agent in agents.values():
        agent.stop()
    found = {name: traces(agent, world.token) for name, agent in agents.items()}
    every = {name for names in kinds.values() for name in names}
    wrong = [f"{name}: {text}" for name, agent in agents.items() for text in agent.unbalanced()]
    require(wrong + [text for name in agents for text in torn(found[name], name)])
    check(set(found["all"]) == every, f"of {len(every)} requests {len(found['all'])} were seen")

    # Which traces the ratio keeps is written in their ids, which are the same for every agent.
    limit = int(THRESHOLD.ljust(14, "0"), 16)
    asked = set(kinds["failing"]) | set(kinds["marked"])
    lucky = {name for name, spans in found["all"].items() if int(spans[0].trace_id[-14:], 16) >= limit}
    require(f"ratio: {name} is {'missing' if name in lucky | asked else 'too much'}"
            for name in sorted(set(found["ratio"]) ^ (lucky | asked)))
    share, deviation = len(lucky) / len(every), (RATIO * (1 - RATIO) / len(every)) ** 0.5
    check(abs(share - RATIO) < 5 * deviation, f"{share:.3f} of the traces were to be kept")
    written = states(agents["ratio"])
    require(f"ratio: {name} says {written[span.span_id]!r}" for name, spans in found["ratio"].items() for span in spans
            if written[span.span_id] != (f"ot=th:{THRESHOLD}" if name in lucky and name not in kinds["marked"] else ""))

    kept = {kind: len(set(found["rate"]) & set(names)) for kind, names in kinds.items()}
    for kind in ("failing", "marked", "rare"):
        check(kept[kind] == len(kinds[kind]), f"rate: {kept[kind]} of {len(kinds[kind])} {kind} traces were kept")
    most = LIMIT * (seconds + 2) * 1.5
    check(LIMIT < kept["plain"] <= most, f"rate: {kept['plain']} plain traces of {seconds:.1f} s, at most {most:.0f}")
    check(kept["plain"] < len(kinds["plain"]) / 2 or seconds > 30, f"rate: {kept} of {seconds:.1f} s is no limit")


@test(every_hook=False)
def aReplayKeepsTheSameTraces(world):
    capture, output = world.folder / "loopback.pcap", world.folder / "replayed.jsonl"
    tcpdump = world.process("tcpdump", [
        "tcpdump", "-i", "lo", "-w", capture, "-s", "0", "-B", "65536", "--immediate-mode", "-U", "-Z", "root", "tcp"])
    tcpdump.wait_for(tcpdump.err, "listening on")
    # One hop: without threads there is no way from one to the next.
    b, client = world.backend("b"), world.client(2)
    agent = world.agent(processors={"sample": {"ratio": 0.3, "keep": [{"error": True}]}})
    client.send(b.url, world.names(100, "plain0"))
    client.send(b.url, world.names(10, "failing0"), query="status=500")
    patience.sleep(2 * LAST_RETURN_S)
    tcpdump.stop(signal.SIGINT)
    agent.stop()
    replay = subprocess.run(
        [world.binary, "replay", capture, "--config", agent.configuration, "--output", output],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=60)
    check(replay.returncode == 0, f"replay ended with {replay.returncode}: {replay.stderr[-500:]}")

    def kept(spans):
        return {(span.trace_id, span.span_id) for span in spans if world.token in span.path}

    live, replayed = kept(agent.spans()), kept(otlp.read(output))
    require(f"{span} is only in {'the replay' if span in replayed else 'live capture'}" for span in live ^ replayed)
    check(2 * 20 <= len(live) <= 2 * 80, f"{len(live)} spans of 220 were kept")
