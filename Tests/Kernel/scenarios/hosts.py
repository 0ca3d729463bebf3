"""Two agents, each of which sees one of two hosts alone: what they say of an exchange without a word between them, and
what a third makes of it through which both export."""
import collections
import json
import secrets
import subprocess
import sys
import time

from harness import otlp, patience
from harness.hosts import FIRST, FIRST_GATEWAY, SECOND, SECOND_6, TwoHosts
from harness.nginx import Nginx
from harness.otlp import CLIENT, SERVER
from harness.process import Failure
from harness.registry import test
from harness.world import LAST_RETURN_S, SERVICES, Client, check, in_url, require

CONNECTIONS = 8
# Of each kind of request.
REQUESTS = 64
# How long spans may take to arrive everywhere.
PATIENCE_S = 60


class Scene:
    """Services on both hosts, whose connections are open before any agent is there; two agents, and one for both.

    On the first host: clients, and a service that calls as well (`front`), asked from the router, where nobody looks.
    On the second: nginx (/edge/) before a service (/a/)."""

    def __init__(self, world, way, peers=True):
        self.world, self.hosts = world, TwoHosts(world, way)
        self.expected = collections.Counter()
        first, second, router = self.hosts.first, self.hosts.second, self.hosts.router
        self._service("a", second, "127.0.0.1:9000")
        listen = [f"{in_url(address)}:{port}" for address in (SECOND, SECOND_6) for port in ("8081", "8082 http2")]
        nginx = Nginx(
            world.folder, listen, {"edge": ("a", "127.0.0.1:9000")}, keepalive=32, log=False, within=second.within)
        world.at_end(nginx.stop)
        url = f"http://{in_url(self.hosts.address)}"
        self._service("front", first, f"{FIRST}:7000", "--call", f"{url}:8081/edge/", "--passes-on", "traceparent")
        self.clients = {
            protocol: self._client(
                f"client{protocol}", first, "across.py", "--url", f"{url}:808{protocol}/edge/", "--protocol",
                protocol, "--connections", CONNECTIONS)
            for protocol in ("1", "2")}
        self.visitor = self._client(
            "visitor", router, "client.py", "--connections", 4, "--truth", world.watch("visitor"))
        for client in self.clients.values():
            client.process.wait_for(client.process.out, "ready", 60)
        self._visit([f"warm-{number}" for number in range(16)], {})
        self.relay = router.relay(
            receivers={"otlp": {"protocols": {"http": {"endpoint": "0.0.0.0:4318"}}}}).wait_until_active()
        network = f"{self.hosts.address}/{128 if ':' in self.hosts.address else 32}"
        exporters = {"otlp_http/relay": {"endpoint": f"http://{FIRST_GATEWAY}:4318"}}
        self.agents = [
            first.agent(exporters=exporters, receiver={"peers": [network]} if peers else None),
            second.agent(exporters=exporters, receiver={"peers": [self.hosts.origin]} if peers else None)]
        for agent in self.agents:
            agent.wait_until_active()
        # On a connection that is joined nobody can tell which answer is whose, nor how it is framed, before one request
        # had its answer to itself.
        for client in self.clients.values():
            client.send(None, [f"met-{number}" for number in range(2 * CONNECTIONS)], depth=1)

    def _service(self, name, host, listen, *arguments):
        process = self.world.process(name, [
            *host.within, sys.executable, SERVICES / "backend.py", "--listen", listen, "--truth",
            self.world.watch(name), *arguments])
        process.wait_for(process.out, "listening")

    def _client(self, name, host, script, *arguments):
        command = [*host.within, sys.executable, SERVICES / script, *arguments]
        return Client(self.world.process(name, command, stdin=subprocess.PIPE))

    def _visit(self, names, traceparents):
        self.visitor.send(f"http://{FIRST}:7000/front/", names, traceparents=traceparents)

    def send(self, kind, names, callers):
        """Requests of a kind, of which some carry a context; `callers` are the spans that these name."""
        traceparents = {name: f"00-{caller['traceId']}-{caller['spanId']}-01" for name, caller in callers.items()}
        if kind == "front":
            self._visit(names, traceparents)
            self.expected += collections.Counter(first=2 * len(names), second=3 * len(names))
        else:
            self.clients[kind].send(None, names, traceparents=traceparents)
            self.expected += collections.Counter(first=len(names), second=3 * len(names))

    def export(self, spans):
        """Sends spans as an SDK would."""
        request = {"resourceSpans": [{
            "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "sdk"}}]},
            "scopeSpans": [{"scope": {"name": "sdk"}, "spans": spans}]}]}
        script = ("import sys,urllib.request as u;"
                  "r=u.Request('http://127.0.0.1:4318/v1/traces',sys.stdin.buffer.read(),"
                  "{'Content-Type':'application/json'});print(u.urlopen(r,timeout=30).status)")
        done = subprocess.run(
            [*self.hosts.router.within, sys.executable, "-c", script], input=json.dumps(request).encode(),
            capture_output=True, timeout=60)
        check(done.stdout.strip() == b"200", f"the relay answered {done.stdout} {done.stderr[-200:]}")

    def finish(self):
        """Ends all agents once all is everywhere; gives the spans of the first, of the second, and of the relay."""
        wanted = [self.expected["first"], self.expected["second"], self.expected.total()]
        end = patience.now() + PATIENCE_S
        while True:
            found = [self._own(agent) for agent in (*self.agents, self.relay)]
            if [len(spans) for spans in found] == wanted or patience.now() > end:
                break
            time.sleep(0.2)
        patience.sleep(LAST_RETURN_S)
        for agent in (*self.agents, self.relay):
            agent.stop()
        problems = [problem for agent in self.agents for problem in agent.unbalanced()]
        found = [self._own(agent) for agent in (*self.agents, self.relay)]
        for name, spans, count in zip(("the first", "the second", "the relay"), found, wanted):
            if len(spans) != count:
                problems.append(f"{name} has {len(spans)} spans of {count}")
        require(problems)
        return found

    def _own(self, agent):
        return [span for span in otlp.read(agent.spans_file) if self.world.token in span.path]


def one(spans, what):
    """The only one there is."""
    if len(spans) != 1:
        raise Failure(f"{what}: {len(spans)} spans: {[(span.kind, span.path) for span in spans]}")
    return spans[0]


def caller():
    """A span as an SDK makes it of a call."""
    now = time.time_ns()
    return {
        "traceId": secrets.token_hex(16), "spanId": secrets.token_hex(8), "name": "call", "kind": CLIENT,
        "startTimeUnixNano": str(now), "endTimeUnixNano": str(now + 1_000_000)}


def dangling(spans, callers):
    """Spans that hang from one that nobody sends, or that lies in another trace."""
    there = {(span.trace_id, span.span_id) for span in spans}
    there |= {(caller["traceId"], caller["spanId"]) for caller in callers}
    return [f"{span.path} ({span.kind}) hangs from {span.parent_id}, which nobody sends in its trace"
            for span in spans if span.parent_id and (span.trace_id, span.parent_id) not in there]


def both_ends(first, second):
    """(client's span, server's span) of each exchange between the hosts, by path."""
    ends = collections.defaultdict(lambda: ([], []))
    for spans, kind, place in ((first, CLIENT, 0), (second, SERVER, 1)):
        for span in spans:
            if span.kind == kind and span.path.startswith("/edge/"):
                ends[span.path][place].append(span)
    return {path: (one(client, f"the client's {path}"), one(server, f"the server's {path}"))
            for path, (client, server) in ends.items()}


def identity(span):
    """Which exchange it is an end of."""
    return span.attributes["interspan.exchange.id"]


def disagreement(client, server, context, peers):
    """What is wrong with the two ends of an exchange, as each agent gave its own."""
    if identity(client) != identity(server):
        return f"is {identity(client)} to one and {identity(server)} to the other"
    if context:
        if server.trace_id != context["traceId"] or client.trace_id != context["traceId"]:
            return f"is in the traces {client.trace_id} and {server.trace_id}, not in {context['traceId']}"
        parent = client.span_id if peers else context["spanId"]
        return server.parent_id != parent and f"hangs from {server.parent_id} at the server, not from {parent}"
    if server.parent_id:
        return f"hangs from {server.parent_id} at the server"
    if not client.parent_id:
        return client.trace_id != server.trace_id and "is in two traces, of which the client begins one"
    named = (server.trace_id, server.span_id)
    return named not in client.links and f"has no link to {named} at the client: {client.links}"


def torn(spans, ends, callers):
    """What keeps the spans that left the relay from being one tree for each request."""
    problems = dangling(spans, callers)
    by_request = collections.defaultdict(list)
    for span in spans:
        by_request[span.path.rpartition("/")[2].partition(".")[0]].append(span)
    for name, parts in by_request.items():
        roots = [span for span in parts if not span.parent_id]
        traces = {span.trace_id for span in parts}
        if len(traces) != 1 or len(roots) > 1:
            problems.append(f"{name} is {len(traces)} traces with {len(roots)} roots")
    left = {(span.kind, identity(span)): span for span in spans}
    for path, (client, server) in ends.items():
        server = left.get((SERVER, identity(server)))
        if not server or server.parent_id != client.span_id:
            problems.append(f"{path} is not below its call")
    return problems


def agree(world, way, peers=True):
    """Requests of every kind, with a context and without, by way of a network of a kind."""
    scene = Scene(world, way, peers)
    contexts = {}
    for kind in ("1", "2", "front"):
        plain, carrying = world.names(REQUESTS, f"{kind}p"), world.names(REQUESTS, f"{kind}c")
        callers = {name: caller() for name in carrying}
        scene.send(kind, plain, {})
        scene.send(kind, carrying, callers)
        scene.export(list(callers.values()))
        contexts |= callers
    first, second, joined = scene.finish()
    ends = both_ends(first, second)
    check(len(ends) == 6 * REQUESTS, f"{len(ends)} exchanges of {6 * REQUESTS}")
    check(len({identity(client) for client, _ in ends.values()}) == len(ends), "two exchanges have one id")
    problems = dangling(first + second, contexts.values())
    for path, (client, server) in ends.items():
        context = contexts.get(path.removeprefix("/edge/").partition(".")[0])
        if problem := disagreement(client, server, context, peers):
            problems.append(f"{path} {problem}")
    # That the way is what it is called.
    seen = {(client.attributes["network.peer.address"], server.attributes["network.peer.address"])
            for client, server in ends.values()}
    check(seen == {(scene.hosts.address, scene.hosts.origin)}, f"the hosts see each other at {seen}")
    check(way != "lossy" or scene.hosts.lost() > 0, "nothing was lost on the way")
    links = sum(1 for client, _ in ends.values() if client.links)
    world.notes.append(f"{len(ends)} exchanges, {links} named by a link, {len(joined)} spans through the relay")
    require(problems)
    require(torn(joined, ends, contexts.values()))


@test
def twoHostsTellOneStory(world):
    agree(world, "plain")


@test(every_hook=False)
def twoHostsTellOneStoryOverIPv6(world):
    agree(world, "ipv6")


@test(every_hook=False)
def twoHostsTellOneStoryWithoutKnowingOfEachOther(world):
    agree(world, "plain", peers=False)


@test(every_hook=False)
def twoHostsTellOneStoryWhereTheAddressIsTranslated(world):
    agree(world, "translated")


@test(every_hook=False)
def twoHostsTellOneStoryWhereTheCallerIsMasqueraded(world):
    agree(world, "masqueraded")


@test(every_hook=False)
def twoHostsTellOneStoryWherePacketsAreLost(world):
    agree(world, "lossy")
