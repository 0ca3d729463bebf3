"""The centre-piece: one trace out of four dialects, whole, under load."""
from harness.registry import test
from harness.world import check, require

from merged import compare
from merged.shop import Shop

REQUESTS = 64


@test
def fourDialectsAreOneTrace(world):
    port = world.port()
    shop = Shop(world, [f"http://127.0.0.1:{port}"])
    agent = world.merging(port)
    shop.warm_up(agent)
    numbers = world.numbers(REQUESTS)
    shop.visit(numbers, at_once=REQUESTS)
    spans = world.end(agent)
    sdk = world.sdk_spans()
    expected = [shop.tree(number, sdk) for number in numbers]
    check(all(len(tree.nodes) == 18 for tree in expected), "the truth itself has another number of spans than 18")
    require(compare.compare(expected, spans))
