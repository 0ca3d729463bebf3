"""Requests/s of nginx with and without the agent: short runs that alternate, so that both meet the same machine."""
from .stage import Row, figure

EVERY_HOOK = True
RUN_S = 0.8


def measure(stage):
    """Pairs of runs, and the ratio within each pair."""
    stage.start_nginx()
    stage.requests_per_second(RUN_S)
    without, beside, ratios = [], [], []
    for turn in range(3 if stage.quick else 15):
        # Who is first changes, so that a machine that grows faster or slower favours neither.
        pair = {}
        for observed in (turn % 2 == 0, turn % 2 == 1):
            agent = stage.agent() if observed else None
            pair[observed] = stage.requests_per_second(RUN_S)
            if agent:
                agent.stop()
        without.append(pair[False])
        beside.append(pair[True])
        ratios.append(pair[True] / pair[False])
    yield Row("nginx, requests/s without the agent", figure(without, ""), "")
    yield Row("nginx, requests/s beside the agent, which shares its CPUs", figure(beside, ""), "")
    yield Row("ratio within a pair of runs", figure(ratios, "", 2), "")
