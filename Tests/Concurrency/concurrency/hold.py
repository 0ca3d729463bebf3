"""What tests ask of a model of concurrency."""
from harness.world import check, require

from . import report
from .measure import measure
from .models import MODELS, requests_of

IN_FLIGHT = 64
# Enough to tell 99 % from less, and few enough for many models.
REQUESTS = 1200


def hold(world, name, in_flight=IN_FLIGHT, correlate=None):
    """Of the links of a model's calls at least its floor is right (1: all, and every trace whole), no server end is
    away from its client end, and wrong parents are no more than their stated confidence admits. Gives the verdict."""
    least = MODELS[name].floor
    verdict, agent, requests = measure(
        world, MODELS[name], in_flight, correlate, min(REQUESTS, requests_of(MODELS[name], in_flight)))
    world.notes.append(
        f"{in_flight} in flight: {report.percent(verdict.share_right)} of {len(verdict.calls)} links,"
        f" {report.percent(verdict.share_whole)} of {verdict.traces} traces, {verdict.count('wrong')} wrong")
    check(len(verdict.calls) >= verdict.traces / 4, f"{len(verdict.calls)} calls of {verdict.traces}: this is no test")
    require(verdict.flow_wrong)
    admitted, chance = verdict.wrong_expected
    wrong = verdict.count("wrong")
    explained = "\n".join([*report.details(verdict), *report.wrong_links(verdict, agent.spans(), requests, 3)])
    check(wrong <= admitted + chance,
          f"{wrong} parents are wrong, their confidence admits {admitted:.1f}: {world.notes[-1]}\n{explained}")
    check(verdict.share_right >= least, f"at least {100 * least:g} % must be right: {world.notes[-1]}\n{explained}")
    check(least < 1 or verdict.share_whole == 1, f"every trace must be whole: {world.notes[-1]}\n{explained}")
    return verdict
