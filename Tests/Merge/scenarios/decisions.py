"""What becomes of the spans that SDKs send through us: one and the same traffic, three agents that are told
differently."""
from harness.registry import test
from harness.world import require

from merged import compare
from merged.pair import Pair

REQUESTS = 24


@test(every_hook=False)
def sdkSpansAreNestedKeptOrTakeThePlaceOfOurs(world):
    ports = {name: world.port() for name in ("nest", "keep", "drop")}
    pair = Pair(world, spans_to=[f"http://127.0.0.1:{port}" for port in ports.values()])
    agents = {name: world.merging(port, {"sdk_spans": name, "wait": "2s"}) for name, port in ports.items()}
    world.ready()
    world.warm_up(pair.port, "front", agents.values(), pair.names)
    numbers = world.numbers(REQUESTS)
    pair.visit(world.visitor(8), numbers)
    spans = world.end_each(agents)
    sdk = world.sdk_spans()
    wrong = []
    for name, tree in {
            "nest": lambda number: pair.nested(number, sdk, ("traceparent",)),
            "keep": lambda number: pair.kept(number, sdk),
            "drop": lambda number: pair.dropped(number, sdk)}.items():
        wrong += [f"{name}: {text}" for text in compare.compare([tree(number) for number in numbers], spans[name])]
    require(wrong)
