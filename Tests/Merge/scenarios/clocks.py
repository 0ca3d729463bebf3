"""Clocks that differ."""
from harness.registry import test
from harness.world import check, require

from merged import compare
from merged.pair import Pair

REQUESTS = 8
BEHIND_MS = 50


@test(every_hook=False)
def aClockThatIsBehindIsNotedAndNoTimeIsChanged(world):
    port = world.port()
    pair = Pair(world, spans_to=[f"http://127.0.0.1:{port}"], environment={"CLOCK_AHEAD_MS": str(-BEHIND_MS)})
    agent = world.merging(port)
    world.ready()
    world.warm_up(pair.port, "front", [agent], pair.names)
    numbers = world.numbers(REQUESTS)
    pair.visit(world.visitor(4), numbers)
    spans, sdk = world.end(agent), world.sdk_spans()

    def is_noted(skew):
        # From the request's first byte to the SDK's own stamp some time passes.
        return skew is not None and -BEHIND_MS * 1e6 <= skew <= -BEHIND_MS * 1e6 / 2

    require(compare.compare(
        [pair.nested(number, sdk, ("traceparent",), {compare.SKEW: is_noted}) for number in numbers], spans))
    key = (compare.SDK, "back", "SERVER")
    starts = {span.span_id: span.start for span in spans if compare.key_of(span)[:3] == key}
    for number in numbers:
        line = sdk[number, "back", "SERVER"]
        check(starts[line["span"]] == line["start"], f"{number}: the SDK's span began at {line['start']}, "
              f"it left with {starts[line['span']]}")
