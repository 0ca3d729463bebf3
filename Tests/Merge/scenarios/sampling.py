"""Sampling where spans of SDKs pass through: a trace leaves with all of them, or not at all."""
from harness.registry import test
from harness.world import check, require

from merged import compare
from merged.compare import Tree
from merged.pair import Pair

from merged.world import closing

REQUESTS, RATIO = 120, 0.4
# The threshold of that ratio.
LIMIT = 0x999A << 40


@test(every_hook=False)
def tracesOfSDKsLeaveWholeOrNotAtAll(world):
    ports = {name: world.port() for name in ("parent", "ratio")}
    pair = Pair(world, spans_to=[f"http://127.0.0.1:{port}" for port in ports.values()])
    agents = {
        "parent": world.merging(ports["parent"], sample={"ratio": RATIO}),
        "ratio": world.merging(ports["ratio"], sample={"ratio": RATIO, "parent_based": False})}
    world.ready()
    world.warm_up(pair.port, "front", agents.values(), pair.names)
    numbers = world.numbers(REQUESTS)
    pair.visit(world.visitor(4), numbers)
    spans = world.end_each(agents)
    sdk, wrong = world.sdk_spans(), []
    lucky = [number for number in numbers if int(pair.made(sdk, number)[0]["trace"][-14:], 16) >= LIMIT]
    check(REQUESTS * 0.15 < len(lucky) < REQUESTS * 0.65, f"{len(lucky)} traces of {REQUESTS} were to be kept")
    # What SDKs have decided to record is kept, unless the agent is told to decide about it as well.
    for name, kept in (("parent", numbers), ("ratio", lucky)):
        trees = [pair.nested(number, sdk, ("traceparent",)) if number in kept else Tree(number) for number in numbers]
        wrong += [f"{name}: {text}" for text in compare.compare(trees, spans[name])]
    require(wrong)
    counted = closing(agents["ratio"], "sample")
    check(counted.get("received_out_ratio", 0) >= 3 * (REQUESTS - len(lucky)), f"left out of SDKs' spans: {counted}")
