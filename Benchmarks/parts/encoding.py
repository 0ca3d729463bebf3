"""Encoding spans: by the agent's encoder, by protobuf-c and by swift-protobuf in turns, in one process (Encoding/). In
the same process, what merging does to spans that pass through."""
import json
import os
import pathlib
import shutil
import subprocess

from harness.process import Failure, Skip

from .stage import Row, figure

EVERY_HOOK = False
ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILT = ROOT / ".scratch/encoding/release"
SPANS_IN_REQUEST = 512
# What each encoder of the program is, in its order.
ENCODERS = {
    "interspan": "interspan, protobuf",
    "interspan-filling": "interspan, protobuf, its batch filled from Swift values",
    "interspan-json": "interspan, JSON",
    "protobuf-c": "protobuf-c, its messages allocated one by one",
    "swift-protobuf": "swift-protobuf, from Swift values",
}
# What is done to received spans.
PASSES = {
    "interspan-reading": "read what merging asks of them",
    "interspan-nesting": "read them and give half another parent",
    "interspan-rerooting": "read them and move each to another trace",
}
# Those that must not allocate; the first is on the hot path, the others show that the batch and JSON do not either.
ALLOCATE_NOTHING = {"interspan", "interspan-filling", "interspan-json"}


def program():
    """The program, which `make bench` has brought up to date; built when it is not there at all."""
    path = BUILT / "encoding-bench"
    if not path.is_file():
        if not shutil.which("swift"):
            raise Skip(f"{path} is not there and no swift to build it: Benchmarks/Encoding/build")
        # Standard output is the table's.
        if subprocess.run([ROOT / "Benchmarks/Encoding/build"], stdout=2).returncode:
            raise Failure("Benchmarks/Encoding/build failed")
    return path


def results(quick, **environment):
    """What the program prints, by encoder."""
    rounds, seconds = (2, 0.05) if quick else (9, 0.3)
    found = subprocess.run(
        [program(), str(SPANS_IN_REQUEST), str(rounds), str(seconds)], capture_output=True, text=True,
        env={**os.environ, **environment})
    if found.returncode:
        raise Failure(f"encoding-bench ended with {found.returncode}: {found.stderr.strip()[-300:]}")
    return {line["name"]: line for line in map(json.loads, found.stdout.splitlines())}


def measure(stage):
    """Speed, and in a run of its own, since counting takes time, allocations."""
    what = f"encode {SPANS_IN_REQUEST} spans of 10 attributes"
    measured = results(stage.quick)
    for name, words in ENCODERS.items():
        yield Row(f"{what}: {words}: spans a CPU second", figure(measured[name]["rates"], "/s"), "")
    for name, words in PASSES.items():
        yield Row(
            f"{SPANS_IN_REQUEST} received spans of 10 attributes: {words}: spans a CPU second",
            figure(measured[name]["rates"], "/s"), "")
    counted = results(stage.quick, LD_PRELOAD=str(BUILT / "libCountAllocations.so"))
    # Without it a counter that is not at work would say 0 too.
    if not counted["protobuf-c"].get("allocations", 0) > SPANS_IN_REQUEST:
        raise Failure("allocations are not counted")
    for name, words in ENCODERS.items():
        a_span = counted[name]["allocations"] / SPANS_IN_REQUEST
        yield Row(f"{what}: {words}: allocations a span", f"{a_span:.3f}", "0" if name in ALLOCATE_NOTHING else "")
