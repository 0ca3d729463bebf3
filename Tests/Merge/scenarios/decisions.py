"""What becomes of the spans that SDKs send through us: one and the same traffic, three agents that are told
differently."""
from harness.registry import test
from harness.world import require

from merged import compare
from merged.compare import SDK, Tree
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


@test()
def theConnectionThatBringsASpanTellsWhoseItIs(world):
    """A service passes on the header that it got, so that two servers have it; its SDK's name is known to its code
    alone."""
    agent = world.merging()
    back = world.service("back")
    front = world.service(
        "front", "opentelemetry", [f"http:{back}/back"], spans_to=[agent.url], forward=["traceparent"],
        environment={"CALLS_ITSELF": "a name in code", "SERVES_ONLY": "1"})
    world.ready()
    numbers = world.numbers(REQUESTS)
    traceparents = {str(number): f"00-{number:032x}-{number:016x}-01" for number in numbers}
    world.requests(world.visitor(4), front, "front", numbers, traceparents=traceparents)
    spans, sdk, expected = world.end(agent), world.sdk_spans(), []
    for number in numbers:
        tree, made = Tree(number), sdk[number, "front", "SERVER"]
        _, server = tree.exchange("visitor", "front", f"/front/{number}", f"{number:016x}", trace_id=f"{number:032x}")
        tree.add(SDK, "a name in code", "SERVER", f"/front/{number}", server, span_id=made["span"])
        tree.exchange("front", "back", f"/back/{number}", server)
        expected.append(tree)
    require(compare.compare(expected, spans))
