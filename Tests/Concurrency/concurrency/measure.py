"""One run: a service, so many requests under way at once, the agent beside it, and the verdict."""
from . import models

# Requests that are not judged, and how long the agent then has at most to find out what kind of program it sees: a
# debug binary on a busy machine takes seconds to read what a runtime looks like.
WARM_UP, WARM_UP_S = 20, 10.0


def measure(world, model, in_flight, correlate=None, count=None, warm_up_s=WARM_UP_S):
    """(the verdict over one run of a model, the agent, the operations of the requests by id)."""
    port = model.start(world)
    agent = world.observer(correlate)
    world.load(port, 1, WARM_UP, model.mix)
    if warm_up_s:
        world.wait_until_programs_are_known(agent, warm_up_s)
    world.forget_calls()
    requests = world.load(port, in_flight, count or models.requests_of(model, in_flight), model.mix)
    return world.finish(agent, requests), agent, requests
