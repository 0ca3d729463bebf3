"""More than there is room for: what is lost is counted, and everything else still adds up."""
from harness.registry import test
from harness.telemetry import Telemetry
from harness.world import check, require

from .chain import chain
from .overload import both_or_neither


@test
def aRingThatIsTooSmallLosesNothingUncounted(world):
    b = world.backend("b")
    a = world.backend("a", call=b)
    # The least there is: 32 KiB for each CPU.
    telemetry = Telemetry()
    agent = world.agent(receiver={"ring_buffer": "32KiB"}, telemetry=telemetry.section)
    client = world.client(16)
    client.send(a.url, world.names(300, "burst"), query="calls=3&size=20000")
    # One after the other there is room enough, once everything is seen again.
    telemetry.wait_until_all_is_seen()
    calm = world.client(1)
    calm.send(a.url, world.names(10, "calm"))
    expected, _ = world.finish(agent, token=f"{world.token}calm", losses=())
    check(len(expected) == 40, f"the truth itself has {len(expected)} spans, not 40")
    lost = {name: count for name, count in agent.counters.items() if name.startswith("lost_") and count}
    world.notes.append(f"lost {lost}" if lost else "nothing was lost")
    require(both_or_neither(agent.spans(), f"{world.token}burst"))


@test(every_hook=False)
def aLargerLoadIsWhole(world):
    chain(world, connections=16, count=1500, keepalive=16)


@test(every_hook=False)
def theBestWayOfHookingIsFoundByItself(world):
    world.hook = "auto"
    chain(world, connections=4, count=20)


@test(every_hook=False)
def twoAgentsBesideEachOtherSeeTheSame(world):
    service = world.backend("a")
    first, second = world.agent(), world.agent()
    world.client(2).send(service.url, world.names(20))
    _, spans = world.finish(first)
    second.stop()
    require(second.unbalanced())
    ids = [{(span.trace_id, span.span_id) for span in these if world.token in span.path}
           for these in (spans, second.spans())]
    check(ids[0] == ids[1], f"ids differ: {len(ids[0] - ids[1])} only here, {len(ids[1] - ids[0])} only there")
