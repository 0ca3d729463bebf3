"""What `make run` shows."""
import pathlib
import re
import subprocess
import sys

from harness.registry import test
from harness.world import check

RUN = pathlib.Path(__file__).resolve().parents[2] / "Demo" / "run"


@test(every_hook=False)
def makeRunShowsWholeTreesAndLeavesNothingBehind(world):
    demo = subprocess.run(
        [sys.executable, RUN, "--binary", world.binary, "--workload", "always", "--seconds", "5"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=90)
    check(demo.returncode == 0, f"exit status {demo.returncode}: {demo.stderr[-500:]}")
    for part in ("/checkout/", "/items/", "/reservations", "nginx", "shop", "stock"):
        check(part in demo.stdout, f"{part!r} is not shown: {demo.stdout[-1500:]}")
    check("\x1b" not in demo.stdout, "colours in a pipe")
    front = re.search(r"nginx on (127\.0\.0\.1:\d+)", demo.stderr)
    check(front, f"no workload was started: {demo.stderr[-500:]}")
    left = subprocess.run(["ss", "-Hltn", f"src {front[1]}"], stdout=subprocess.PIPE, text=True).stdout
    check(not left, f"nginx still listens: {left}")
