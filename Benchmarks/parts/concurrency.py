"""How many links and whole traces are right where no context is on the wire: real services of every model of
concurrency, each in a run of its own that knows nothing yet; and how far stated confidence can be believed."""
import collections

from concurrency import judge, report
from concurrency.measure import measure as measure_one
from concurrency.models import LOADS, MODELS
from concurrency.world import World
from harness.process import Failure, Skip, become_reaper, end_children

from .stage import Row

EVERY_HOOK = False


def run(stage, model, in_flight):
    """The verdict over one run; a note in its place where there is none."""
    folder = stage.folder / f"{model.name}-{in_flight}"
    folder.mkdir()
    try:
        with World(folder, stage.binary, stage.hook or "auto", is_shared=True) as world:
            return measure_one(world, model, in_flight, count=100 if stage.quick else None)[0]
    except (Failure, Skip) as problem:
        return " ".join(str(problem).split())[:200]
    finally:
        end_children()


def measure(stage):
    """A row for each model, then one for each bin of stated confidence."""
    become_reaper()
    loads = LOADS[1:2] if stage.quick else LOADS
    together = collections.defaultdict(lambda: [0, 0.0, 0])
    at = f"at {' / '.join(map(str, loads))} in flight"
    for model in MODELS.values():
        verdicts = [run(stage, model, in_flight) for in_flight in loads]
        problems = [verdict for verdict in verdicts if isinstance(verdict, str)]
        if problems:
            yield Row(f"{model.what}, {at}", f"not measured: {problems[0]}", "")
            continue
        yield Row(
            f"{model.what}: links right (whole traces right) {at}", " / ".join(
                f"{report.percent(verdict.share_right)} ({report.percent(verdict.share_whole)})"
                for verdict in verdicts),
            "100 %" if model.least == 1 else f"> {100 * model.least:g} % at 64")
        for verdict in verdicts:
            for lower, links, stated, right in verdict.reliability():
                bin_of = together[lower]
                bin_of[0] += links
                bin_of[1] += stated * links
                bin_of[2] += round(right * links)
    for lower, upper in zip(judge.BINS, (*judge.BINS[1:], 1)):
        links, stated, right = together[lower]
        if links:
            yield Row(
                f"of {links:,} links stated {lower:g} to {upper:g}, {stated / links:.3f} in the mean: right",
                report.percent(right / links), "as stated")
