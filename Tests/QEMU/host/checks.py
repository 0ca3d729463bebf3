"""What must hold of what a machine reported: functions of its findings, named by what holds, that give what is
wrong."""
import json
import re
import types

import traffic
from harness import otlp, tree, truth
from harness.agent import OUR_LOSSES, Agent, parse_summary

from .kernels import HOOKS, TOO_OLD

SERVER = otlp.SERVER
# CAP_SYS_ADMIN, by its number in the kernel.
ADMINISTRATOR = 21
# An emulated processor may stand still for more than 10 ms between the stamp of a record and its submission. It is
# passed on all the same, out of order: what that would break, the trees show.
LOSSES = [reason for reason in OUR_LOSSES if reason != "straggler"]
# What differs from one run to the next, and the evidence for calls, of which there may be more than one.
VARYING = ("network.peer.port", "network.local.port", "client.port", "server.port", "thread.id",
           "interspan.exchange.id", "interspan.first_byte_ns", "interspan.link.method", "interspan.link.confidence",
           "http.route", "url.template")
PORT = re.compile(r"(?<=[\d\]]):\d+(?=/)")
# Where the sizes of chunks lie in what was not captured, an unknown part of the body's framing is counted as body.
CHUNKED = re.compile(r"/(chunked|pieces)-")


def spans_of(finding):
    """What the file exporter wrote."""
    return [span for line in finding["spans"].splitlines() for span in otlp.spans_of(json.loads(line))]


class Run:
    """What was seen by one way of hooking."""

    def __init__(self, finding):
        self.log, self.token = finding["log"], finding["token"]
        self.early, self.turns = finding["early"], finding["turns"]
        self.truth, self.asked = finding["truth"], finding["asked"]
        self.selected = finding["selected"]
        self.privileges, self.paranoid = finding["privileges"], finding["paranoid"]
        self.spans = spans_of(finding)
        self.counters, self.exporters = parse_summary(self.log)

    def datagrams(self, kind):
        """The spans of one end of DNS over UDP."""
        number = {"CLIENT": otlp.CLIENT, "SERVER": SERVER}[kind]
        return [span for span in self.spans if span.kind == number and "dns.question.name" in span.attributes]

    def marked(self, token):
        """The spans of one kind of traffic."""
        return {span.key: span for span in self.spans if token in span.path}


def doctorRefusesTheKernel(doctor):
    """One that is too old."""
    report = json.loads(doctor["json"])
    if doctor["status"] != 1 or report["kernel"]["can_capture"] or report["kernel"]["hook"]:
        yield f"doctor ended with {doctor['status']}: {report['kernel']}"
    if [line for line in report["not_seen"] if TOO_OLD not in line] or not report["not_seen"]:
        yield f"not_seen: {report['not_seen']}"


def doctorTellsTheTruth(kernel, findings):
    """Kernel, hook, programs and tracepoints."""
    doctor = findings["doctor"]
    if not kernel.hooks:
        yield from doctorRefusesTheKernel(doctor)
        return
    if doctor["status"] != 0:
        yield f"doctor ended with {doctor['status']}: {doctor['errors']}"
        return
    report = json.loads(doctor["json"])
    said = report["kernel"]
    if said["release"] != findings["release"] or not said["release"].startswith(kernel.name + "."):
        yield f"the release is {findings['release']}, doctor says {said['release']}"
    if said["hook"] != kernel.hooks[0] or not said["can_capture"]:
        yield f"doctor chooses {said['hook']}, can_capture {said['can_capture']}"
    if not report["btf"] or not report["ring_buffer"]["available"] or report["ring_buffer"]["rings"] != 2:
        yield f"btf {report['btf']}, ring_buffer {report['ring_buffer']}"
    for program in report["programs"]:
        if program["attachment"].removeprefix("tp_btf/") in kernel.lacks:
            if program["loaded"] or "no tracepoint" not in (program["error"] or ""):
                yield f"{program['name']} cannot be here: {program}"
        elif not program["loaded"] or program["error"]:
            yield f"{program['name']}: {program['error']}"
    lacking = [point["name"] for point in report["tracepoints"] if not point["available"]]
    if sorted(lacking) != sorted(f"sock:{name}" for name in kernel.lacks):
        yield f"tracepoints that are not available: {lacking}"
    for name in ("turn", "datagram_returns"):
        attached = [program["attachment"] for program in report["programs"] if program["name"] == name]
        if len(attached) != 1 or not attached[0].startswith("fexit/"):
            yield f"{name} is attached to {attached}"
    if said["hook"] == "fexit" and not any("waiting when capture began" in line for line in report["not_seen"]):
        yield f"not_seen does not say what fexit cannot see: {report['not_seen']}"
    if not all(capability["held"] for capability in report["capabilities"]):
        yield f"capabilities: {report['capabilities']}"


def whatTheKernelLacksIsRefusedInOneLine(kernel, findings):
    """Ways of hooking."""
    for hook in set(HOOKS) - set(kernel.hooks):
        finding = findings[hook]
        if finding.get("status") != 1:
            yield f"hook {hook}: exit status {finding.get('status')}, not 1: {finding}"
        lines = finding.get("log", "").splitlines()
        reasons = kernel.lacks if kernel.hooks else [TOO_OLD]
        if len(lines) != 1 or not any(reason in lines[0] for reason in reasons):
            yield f"hook {hook}: not one line that names what is lacking: {lines}"


def autoTakesTheBestHook(kernel, findings):
    """By its log."""
    finding = findings["auto"]
    if not kernel.hooks:
        lines = finding.get("log", "").splitlines()
        if finding.get("status") != 1 or len(lines) != 1 or TOO_OLD not in lines[0]:
            yield f"hook auto: {finding}"
        return
    if finding.get("status") != 0 or f"capture active hook={kernel.hooks[0]}\n" not in finding.get("log", ""):
        yield f"hook auto: {finding}"


def everyRequestYieldsItsWholeTree(run, hook):
    """Count, parents, traces, processes, status."""
    expected = truth.expected(run.truth, run.token)
    if len(expected) != traffic.SPANS:
        yield f"the truth itself has {len(expected)} spans, not {traffic.SPANS}"
    if f"capture active hook={hook}\n" not in run.log:
        yield f"it was not hook {hook}: {run.log.splitlines()[:1]}"
    yield from tree.compare(expected, run.spans, run.token)


def spansSayHowTheyWereJoined(run, hook):
    """interspan.link.method."""
    expected = truth.expected(run.truth, run.token)
    for key, span in run.marked(run.token).items():
        want = expected.get(key)
        if want is None:
            continue
        if span.kind == SERVER:
            methods = ("flow",)
        elif want.parent:
            # The connection that a call opens is evidence as good as the thread.
            methods = ("thread", "task", "socket", "values")
        else:
            methods = ("traceparent",) if want.context else ("none",)
        if span.attributes.get("interspan.link.method") not in methods:
            yield f"{tree.name_of(key)} is joined by {tree.method_of(span)}, not by {' or '.join(methods)}"


def connectionsOpenBeforeTheStartAreSeen(run, hook):
    """From their first request on, but for what doctor says fexit cannot see: a receive that waits since before. On
    a slow machine one may not have begun to wait by then."""
    expected = truth.expected(run.truth, run.early)
    if len(expected) != 6:
        yield f"the truth itself has {len(expected)} spans, not 6"
    seen = run.marked(run.early)
    waited = [key for key in expected if hook == "fexit" and key[1] == SERVER and not key[0].startswith("/edge/")
              and key not in seen]
    for key in waited:
        del expected[key]
    yield from tree.compare(expected, run.spans, run.early)
    if run.counters.get("lost_orphan_response") != len(waited):
        yield f"lost_orphan_response is {run.counters.get('lost_orphan_response')}, not {len(waited)}"


def turnsOfEventLoopsAreCounted(run, hook):
    """Of nginx's workers, of which at least one has read a request and its answer."""
    if max(run.turns, default=0) < 2:
        yield f"nginx's workers have returned from waiting so often: {run.turns}"


def onlyWhatIsSelectedIsSeen(run, hook):
    """Both sides of one process, and no end of what it talks to."""
    seen = sorted((span.path.partition("/selected")[0], span.kind) for span in spans_of(run.selected))
    wanted = sorted([("/a", SERVER), ("/b", otlp.CLIENT)] * traffic.SELECTED)
    if seen != wanted:
        yield f"{seen}, not {wanted}: {run.selected['log'][-500:]}"


def noTracepointOfACallIsNeeded(run, hook):
    """Returns of calls are seen by trampolines, so that nothing has to stay for them (CAP_SYS_ADMIN)."""
    held = int(re.search(r"^CapEff:\s+(\w+)", run.privileges, re.MULTILINE)[1], 16)
    if run.paranoid <= 2:
        yield f"perf_event_paranoid is {run.paranoid}: this shows nothing"
    if held >> ADMINISTRATOR & 1:
        yield f"it holds CAP_SYS_ADMIN: CapEff is {held:x}"


def everyDatagramIsSeenAtBothEnds(run, hook):
    """A span at either end for each question, from the same ports, and but for what a server was first asked (by sock),
    of the same exchange."""
    for kind in ("CLIENT", "SERVER"):
        seen = sorted(span.attributes["dns.question.name"] for span in run.datagrams(kind))
        if seen != sorted(run.asked):
            yield f"{kind}: asked {sorted(run.asked)}, seen {seen}"
    clients = {span.attributes["dns.question.name"]: span for span in run.datagrams("CLIENT")}
    for span in run.datagrams("SERVER"):
        name = span.attributes["dns.question.name"]
        client = clients.get(name)
        if client is None or (hook == "sock" and "0." in name):
            continue
        if span.parent_id != client.span_id:
            yield f"{name}: the server's span is not below the client's"
        if span.attributes.get("network.peer.port") != client.attributes.get("network.local.port"):
            yield f"{name}: from {client.attributes}, at {span.attributes}"
        if span.attributes.get("dns.response.rcode") != "REFUSED":
            yield f"{name}: {span.attributes}"


def nothingIsLost(run, hook):
    """Conservation, by the agent's own counters."""
    said = types.SimpleNamespace(counters=run.counters, exporters=run.exporters, borne=set)
    yield from Agent.unbalanced(said, LOSSES)
    if run.counters.get("spans") != len(run.spans):
        yield f"{run.counters.get('spans')} spans counted, the file has {len(run.spans)}"


def everyHookYieldsTheSameSpans(runs):
    """But for ports, ids and times."""
    first, *others = runs
    want = shape(runs[first])
    for other in others:
        have = shape(runs[other])
        for key in sorted(want.keys() | have.keys()):
            one, two = want.get(key, {}), have.get(key, {})
            for name in sorted(one.keys() | two.keys()):
                if one.get(name) != two.get(name):
                    yield f"{tree.name_of(key)}: {name} is {one.get(name)} for {first}, {two.get(name)} for {other}"


def shape(run):
    """The spans by key, without what varies."""
    spans = run.marked(run.token)
    by_id = {span.span_id: key for key, span in spans.items()}

    def plain(value):
        return PORT.sub("", value.replace(run.token, "")) if isinstance(value, str) else value

    result = {}
    for (path, kind), span in spans.items():
        parent = by_id.get(span.parent_id)
        attributes = {name: plain(value) for name, value in span.attributes.items() if name not in VARYING}
        if CHUNKED.search(plain(path)):
            attributes.pop("http.request.body.size", None)
            attributes.pop("http.response.body.size", None)
        result[plain(path), kind] = {
            **attributes, "name": span.operation, "status": span.status,
            "service.name": span.resource.get("service.name"),
            "parent": parent and (plain(parent[0]), parent[1])}
    return result


OF_THE_MACHINE = [doctorTellsTheTruth, whatTheKernelLacksIsRefusedInOneLine, autoTakesTheBestHook]
OF_A_HOOK = [
    everyRequestYieldsItsWholeTree, spansSayHowTheyWereJoined, connectionsOpenBeforeTheStartAreSeen,
    everyDatagramIsSeenAtBothEnds, turnsOfEventLoopsAreCounted, onlyWhatIsSelectedIsSeen,
    noTracepointOfACallIsNeeded, nothingIsLost]
OF_ALL_HOOKS = [everyHookYieldsTheSameSpans]
