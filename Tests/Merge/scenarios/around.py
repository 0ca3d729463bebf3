"""SDKs whose spans go straight to a backend: ours find their places by the contexts alone."""
from harness import otlp
from harness.registry import test
from harness.world import require
from relay.agent import Agent as Relay

from merged import compare
from merged.shop import Shop

REQUESTS = 16


@test(every_hook=False)
def spansNestByContextsAloneWhenTheSDKsGoAroundUs(world):
    folder = world.folder / "backend"
    folder.mkdir()
    file = folder / "spans.jsonl"
    # A backend is whoever takes OTLP: another agent, which captures nothing.
    backend = Relay(world.binary, folder, {"file": {"path": str(file)}}, name="backend").wait_until_listening()
    world.ended_with_the_test(backend.process.stop)
    shop = Shop(world, [f"http://127.0.0.1:{backend.http_port}"])
    agent = world.merging()
    numbers = world.numbers(REQUESTS)
    shop.visit(numbers, at_once=REQUESTS)
    spans = world.end(agent)
    backend.stop()
    sdk = world.sdk_spans()
    require(compare.compare([shop.tree_around(number, sdk) for number in numbers], spans + otlp.read(file)))
