"""SkyWalking's agent: what it puts on the wire is no OpenTelemetry, and its spans go to a backend of its own."""
import re
import uuid

from harness.registry import test
from harness.world import check, require

from merged import compare, sw8
from merged.compare import Tree
from merged.pair import Pair
from merged.world import closing

REQUESTS = 8
# Both forms that an id may have.
TRACE, SEGMENT = uuid.uuid4().hex, f"{uuid.uuid4().hex}.140.16234567890120007"


@test(every_hook=False)
def skyWalkingsIdsStayWithSpansThatLineageJoins(world):
    pair, agent = Pair(world, "skywalking"), world.merging()
    world.ready()
    numbers = world.numbers(REQUESTS)
    pair.visit(world.visitor(8), numbers)
    spans, expected = world.end(agent), []
    ids = {f"sw8.{name}": lambda value: value is not None for name in ("trace_id", "segment_id", "span_id")}
    for number in numbers:
        tree, (outer, inner) = Tree(number), pair.paths(number)
        _, front = tree.exchange("visitor", "front", outer, None)
        tree.exchange("front", "back", inner, front, attributes=ids, methods=("thread", "task", "socket"))
        expected.append(tree)
    require(compare.compare(expected, spans))
    # The link is what the Collector makes of the same ids: where its spans go, they meet.
    for span in spans:
        if compare.key_of(span)[:3] == (compare.OURS, "front", "CLIENT"):
            trace, segment, index = (span.attributes[f"sw8.{name}"] for name in ("trace_id", "segment_id", "span_id"))
            check(re.fullmatch(r"[0-9a-f]{32}", segment) and re.fullmatch(r"[0-9a-f-]{32,36}", trace),
                  f"the agent's ids are {trace} and {segment}")
            link = (sw8.trace_id(trace), sw8.span_id(segment, int(index)))
            check(link in span.links, f"no link to {link}, but {span.links}")


@test(every_hook=False)
def withoutLineageAHeadersBareWordIsTakenAndCounted(world):
    port, agent = world.service("plain"), world.merging()
    world.ready()
    number, = numbers = world.numbers(1)
    world.requests(world.visitor(), port, "plain", numbers, headers={"sw8": sw8.header(TRACE, SEGMENT, 3)})
    spans, tree = world.end(agent), Tree(number)
    tree.exchange(
        "visitor", "plain", f"/plain/{number}", sw8.span_id(SEGMENT, 3), trace_id=sw8.trace_id(TRACE), methods=("sw8",),
        attributes={"sw8.trace_id": TRACE, "sw8.segment_id": SEGMENT})
    require(compare.compare([tree], spans))
    counted = closing(agent, "merge")
    check(counted.get("unconfirmed_parent"), f"it was not counted: {counted}")
