"""The wall clock is set by an hour while requests are open. The agent's alone: the machine's is left as it is."""
import shlex
import shutil
import struct
import subprocess
import threading
import time

from harness.process import Failure, Skip
from harness.registry import test
from harness.world import SERVICES, check, require

HOUR = 3600
# The agent looks at the wall clock once a second.
OPEN_S = 3.0
BEFORE_S = 0.7
TOLERANCE_S = 120
COUNT = 8


class Clock:
    """The wall clock of one program."""

    def __init__(self, folder):
        compiler = next((path for name in ("cc", "clang", "gcc") if (path := shutil.which(name))), None)
        if not compiler:
            raise Skip("no C compiler is there")
        self.library, self.file = folder / "clock.so", folder / "clock"
        made = subprocess.run(
            [compiler, "-O1", "-shared", "-fPIC", "-o", self.library, SERVICES / "clock.c", "-ldl"],
            capture_output=True, text=True)
        if made.returncode:
            raise Failure(f"{compiler}: {made.stderr[-500:]}")
        self.set(0)

    def set(self, ahead):
        """So many seconds ahead of the machine's, at once and whole."""
        with open(self.file, "r+b" if self.file.exists() else "wb") as file:
            file.write(struct.pack("=q", ahead))

    def wrapping(self, binary, folder):
        """A program that is the binary with this clock."""
        wrapper = folder / "interspan-with-clock"
        wrapper.write_text(
            f"#!/bin/sh\nexec env INTERSPAN_CLOCK={shlex.quote(str(self.file))}"
            f" LD_PRELOAD={shlex.quote(str(self.library))} {shlex.quote(str(binary))} \"$@\"\n")
        wrapper.chmod(0o755)
        return wrapper


@test(every_hook=False)
def aClockThatIsSetByAnHourLosesAndStretchesNothing(world):
    clock = Clock(world.folder)
    world.binary = clock.wrapping(world.binary, world.folder)
    backend = world.backend_of_spans()
    service = world.backend("a")
    client = world.client(COUNT)
    begin = time.time()
    agent = world.agent(exporters={"otlp_http": {
        "endpoint": f"http://127.0.0.1:{backend.port}", "encoding": "json", "compression": "none"}})
    client.send(service.url, world.names(COUNT, "start"))
    for mark, ahead in (("forward", HOUR), ("back", -HOUR)):
        sending = threading.Thread(target=client.send, args=(service.url, world.names(COUNT, mark)), kwargs={
            "query": f"delay={OPEN_S * 1000:.0f}"})
        sending.start()
        time.sleep(BEFORE_S)
        clock.set(ahead)
        sending.join()
        client.send(service.url, world.names(COUNT, f"after{mark}"))
    _, spans = world.finish(agent)
    spans = [span for span in spans if world.token in span.path]

    def named(mark):
        return [span for span in spans if f"/{world.token}{mark}-" in span.path]

    problems = []
    for mark, ahead in (("start", 0), ("afterforward", HOUR), ("afterback", -HOUR)):
        for span in named(mark):
            seconds = span.start / 1e9 - begin - ahead
            if not -1 <= seconds < TOLERANCE_S:
                problems.append(f"{span.path} began {seconds:.0f} s after the test, by a clock {ahead} s ahead")
    for span in named("forward") + named("back"):
        seconds = (span.end - span.start) / 1e9
        if not OPEN_S <= seconds < OPEN_S + TOLERANCE_S:
            problems.append(f"{span.path} took {seconds:.1f} s, not {OPEN_S:.0f}")
    require(problems)
    sent = {span.span_id for span in backend.spans(world.folder) if world.token in span.path}
    check(sent == {span.span_id for span in spans}, f"the backend got {len(sent)} of {len(spans)} spans")
