"""Ids that a service passes on, where nothing else tells which request made a call."""
from concurrency.hold import hold
from concurrency.measure import measure
from concurrency.models import MODELS
from harness.registry import test
from harness.world import check

CARRIED = "python-helper-carried"


@test(every_hook=False)
def anIdThatIsPassedOnTellsWhoCalled(world):
    methods = hold(world, CARRIED).methods()
    right = methods.get("values", (0, 0, 0))[0]
    check(right > 0, f"no link by values: this is no test of them: {methods}")


@test(every_hook=False)
def anIdThatIsToBeIgnoredTellsNothing(world):
    verdict, _, _ = measure(world, MODELS[CARRIED], 16, {"echo_ignore": ["x-truth"]}, 400)
    methods = verdict.methods()
    world.notes.append(f"methods {methods}")
    check("values" not in methods, f"links by values that were to be ignored: {methods}")
