"""Correlation by timing alone, on simulated traffic (Correlate/): what is right beside baselines, whether what is said
of links is as often right, what a span costs as the load grows, memory."""
import pathlib
import shutil
import subprocess

from harness.process import Failure, Skip

from .stage import Row

EVERY_HOOK = False
ROOT = pathlib.Path(__file__).resolve().parents[2]
REQUESTS, REQUESTS_QUICK = 1500, 150


def program():
    """The program, brought up to date: that takes seconds."""
    if not shutil.which("swiftc"):
        raise Skip("no swiftc to build Benchmarks/Correlate with")
    # Standard output is the table's.
    if subprocess.run([ROOT / "Benchmarks/Correlate/build"], stdout=2).returncode:
        raise Failure("Benchmarks/Correlate/build failed")
    return ROOT / ".scratch/correlate/correlate-bench"


def measure(stage):
    """What the program prints."""
    found = subprocess.run(
        [program(), str(REQUESTS_QUICK if stage.quick else REQUESTS)], capture_output=True, text=True)
    if found.returncode:
        raise Failure(f"correlate-bench ended with {found.returncode}: {found.stderr.strip()[-300:]}")
    for line in found.stdout.splitlines():
        what, _, values = line.partition("\t")
        yield Row(what, values, "")
