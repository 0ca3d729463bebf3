"""Runs tests, each in a folder of its own, once for every way of hooking that this kernel allows, and says what came of
them: one line a test (ok, FAILED or SKIPPED with the reason); the last line has the counts."""
import argparse
import math
import pathlib
import re
import shutil
import sys
import tempfile
import time
import traceback
import zlib

from . import patience, preconditions
from .process import Failure, Skip, become_reaper, end_children
from .registry import TESTS

ROOT = pathlib.Path(__file__).resolve().parents[3]
# Where more of the processors' time than this is taken away (patience.py), a failure is no verdict yet.
MOST_STOLEN = 0.25


def arguments(description):
    """What every program that runs live tests understands."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=ROOT / ".build/release/interspan", type=pathlib.Path)
    parser.add_argument("--hook", choices=["sock", "syscall", "fexit"], action="append")
    parser.add_argument("-k", dest="pattern", default="", help="regular expression that the test's name must match")
    parser.add_argument("--keep", action="store_true", help="keep the files of tests that pass")
    parser.add_argument("--once", action="store_true", help="every test runs once: the ways of hooking take turns")
    parser.add_argument("--until", type=float, default=math.inf, metavar="EPOCH",
                        help="tests that would begin after this time (seconds since 1970) are skipped")
    return parser


class Results:
    """What came of each test."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def say(self, outcome, name, hook, seconds=None, detail=""):
        """One line."""
        took = "" if seconds is None else f"  {seconds:.1f} s"
        print(f"{outcome:<8}{name}" + (f" [{hook}]" if hook else "") + took + (f": {detail}" if detail else ""),
              flush=True)
        if outcome == "ok":
            self.passed += 1
        elif outcome == "SKIPPED":
            self.skipped += 1
        else:
            self.failed += 1


def patiently(name, attempt):
    """Makes an attempt, which gives (outcome, detail); once more if it fails while much of the processors' time is
    taken from this machine, which says nothing of the agent."""
    before = patience.reading()
    outcome, detail = attempt()
    share = patience.stolen(before, patience.reading())
    if outcome == "FAILED" and share > MOST_STOLEN:
        print(f"again   {name}: {share:.0%} of the processors' time was taken away: {detail}", flush=True)
        return attempt()
    return outcome, detail


def run_one(test, make_world, hook, keep):
    """Runs a test in a folder of its own, which stays when it fails: (outcome, detail)."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"interspan-{test.name[:40]}-"))
    try:
        with make_world(folder, hook) as world:
            test.function(world)
        outcome, detail = "ok", ", ".join(world.notes)
    except Skip as reason:
        outcome, detail = "SKIPPED", str(reason)
    except Failure as failure:
        outcome, detail = "FAILED", f"{failure}\n    files: {folder}"
    except Exception:
        outcome, detail = "FAILED", f"{traceback.format_exc()}\n    files: {folder}"
    try:
        if left := end_children():
            detail += f"{', ' if detail else ''}{left} processes were left and ended"
    except Failure as failure:
        outcome, detail = "FAILED", f"{detail}{', ' if detail else ''}{failure}\n    files: {folder}"
    if outcome != "FAILED" and not keep:
        shutil.rmtree(folder, ignore_errors=True)
    return outcome, detail


def hooks_of(test, hooks, once):
    """The ways of hooking that a test runs with; the same one always for a test that runs once."""
    if not test.every_hook:
        return hooks[:1]
    return [hooks[zlib.crc32(test.name.encode()) % len(hooks)]] if once else hooks


def run(make_world, options, tier, results):
    """Everything asked for; the exit status. make_world(folder, hook) gives what a test has at hand."""
    options.binary = options.binary.resolve()
    if not options.binary.is_file():
        sys.exit(f"run: {options.binary} is not there: make build")
    become_reaper()
    begin = time.monotonic()
    tests = [test for test in TESTS if test.tier == tier and re.search(options.pattern, test.name)]
    hooks, refused = preconditions.hooks(options.binary, options.hook or ["sock", "fexit", "syscall"])
    # Tests for which the way of hooking does not matter run once, the best way.
    for hook, reason in refused.items():
        if hooks and not any(test.every_hook for test in tests):
            continue
        if hooks and hook == "fexit":
            print(f"not here: hook fexit ({reason}); Tests/QEMU tests it on kernels of its own", flush=True)
        else:
            results.say("SKIPPED", "every test", hook, detail=reason)
    for hook in hooks:
        for test in tests:
            if hook not in hooks_of(test, hooks, options.once):
                continue
            shown = hook if test.every_hook else None
            if time.time() > options.until:
                results.say("SKIPPED", test.name, shown, detail="the time of this run is over")
            else:
                started = time.monotonic()
                outcome, detail = patiently(test.name, lambda: run_one(test, make_world, shown, options.keep))
                results.say(outcome, test.name, shown, time.monotonic() - started, detail)
    # Live tests of every kind close alike: they are one tier.
    print(f"{tier}: {results.passed} passed, {results.failed} failed, {results.skipped} skipped"
          f" in {time.monotonic() - begin:.0f} s")
    return 1 if results.failed else 0
