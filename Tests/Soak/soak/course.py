"""The course of a run: traffic, a backend that is away now and then, reloads, and a sample each second."""
import dataclasses
import itertools
import json
import os
import random
import re
import signal
import sys
import threading
import time
import traceback

from harness.process import Failure, Skip
from harness.telemetry import Telemetry
from live.world import World

from . import backend, samples, traffic, worlds

# What has its turn is run by so many at once: enough to have several kinds of traffic at any moment, on two processors.
WORKERS = 2
PAUSE_S = 0.3
# Shares of the time: before counting begins, and of the backend's states in each of its rounds.
WARM_UP, MOST_WARM_UP_S = 0.25, 600
STATES = [(backend.UP, 0.5), (backend.REFUSING, 0.15), (backend.HANGING, 0.2), (backend.BUSY, 0.15)]
RELOAD_S = 15.0
LAST_RETURN_S = 3.0
# On a machine that is busy with other things.
START_S = 120.0
SAID_S = 15.0
STEADY, FLAPPING = "otlp_http/steady", "otlp_http/flapping"


@dataclasses.dataclass
class Outcome:
    """Everything there is to judge."""
    rows: list
    warm_up_s: float
    rounds: dict                    # by kind of traffic: how many
    failures: dict                  # by kind of traffic: [what went wrong]
    protocols: dict                 # by kind of traffic: its protocol, or what marks it
    recognised: dict                # connections by protocol, and requests of the exporter by what marks spans in them
    skipped: dict                   # by kind of traffic: why
    bounded: dict = dataclasses.field(default_factory=dict)   # by column: the capacity of a map that makes room
    before_s: float = 0             # for how long the agent was there before the first row
    reloads: int = 0
    received: int = 0               # spans that SDKs sent
    took: dict = dataclasses.field(default_factory=dict)    # by exporter: spans that its backend took
    agent: object = None


class Course:
    """A run under way."""

    def __init__(self, options, hook, folder):
        self.options, self.folder = options, folder
        folder.chmod(0o755)
        self.over = threading.Event()
        self.outcome = Outcome([], 0, {}, {}, {}, {}, {})
        self.steady = backend.Backend(kind.mark for kind in traffic.KINDS if kind.mark)
        self.flapping = backend.Backend()
        self.world = World(folder / "agent", options.binary, hook)
        self.world.folder.mkdir()
        self.threads, self.rounds = [], []

    def start_traffic(self):
        """Servers of all kinds; those that are not to be had here are named."""
        ready = []
        kinds = [kind for kind in traffic.KINDS if re.search(self.options.pattern, kind.name)]
        if not kinds:
            raise Failure(f"no traffic is called like {self.options.pattern!r}")
        for kind in kinds:
            if kind.least_minutes > self.options.minutes:
                self.outcome.skipped[kind.name] = f"starts too slowly for less than {kind.least_minutes:g} minutes"
                continue
            progress(f"starting {kind.name}")
            if kind.is_apart:
                started = threading.Event()
                self._thread(self._run_apart, kind, started)
                started.wait(120)
            elif turn := self._start(kind):
                ready.append((kind, turn))
        # Each has its turn, whoever is free takes the next.
        if ready:
            self.rounds, lock = itertools.cycle(ready), threading.Lock()
            for _ in range(min(WORKERS, len(ready))):
                self._thread(self._run_turns, lock)
        if not self.outcome.rounds:
            raise Failure(f"nothing talks: {self.outcome.skipped}")

    def _thread(self, function, *what):
        thread = threading.Thread(target=function, args=what, daemon=True)
        self.threads.append(thread)
        thread.start()

    def _start(self, kind):
        try:
            turn = kind.start(self.folder / kind.name)
        except Skip as reason:
            self.outcome.skipped[kind.name] = str(reason)
            return None
        except Exception:
            self.outcome.skipped[kind.name] = traceback.format_exc().splitlines()[-1]
            return None
        self.outcome.rounds[kind.name], self.outcome.failures[kind.name] = 0, []
        self.outcome.protocols[kind.name] = kind.mark or kind.protocol
        return turn

    def _run_apart(self, kind, started):
        turn = self._start(kind)
        started.set()
        while turn and not self.over.is_set():
            self._one(kind, turn)
            self.over.wait(PAUSE_S)

    def _run_turns(self, lock):
        while not self.over.is_set():
            with lock:
                kind, turn = next(self.rounds)
            self._one(kind, turn)
            self.over.wait(PAUSE_S)

    def _one(self, kind, turn):
        try:
            turn()
            self.outcome.rounds[kind.name] += 1
        except Exception as problem:
            self.outcome.failures[kind.name].append(" ".join(str(problem).split())[-400:] or repr(problem))
            self.over.wait(1)

    def start_agent(self):
        """The agent, with an exporter to each backend, a receiver for SDKs' spans, and its metrics."""
        telemetry = Telemetry()
        sdk_port = worlds.port()

        def exporter(to, timeout):
            return {"endpoint": f"http://127.0.0.1:{to.port}", "encoding": "json", "compression": "none",
                    "timeout": timeout, "sending_queue": {"queue_size": 20_000, "sizer": "items"},
                    "retry_on_failure": {"initial_interval": "200ms", "max_interval": "2s", "max_elapsed_time": "20s"}}

        self.agent = self.world.agent_starting(
            file=False, telemetry=telemetry.section,
            # What a busy machine's backend answers too late is sent again, and taken twice: the steady one has time.
            exporters={STEADY: exporter(self.steady, "30s"), FLAPPING: exporter(self.flapping, "3s")},
            receivers={"otlp": {"protocols": {"http": {"endpoint": f"127.0.0.1:{sdk_port}"}}}},
            service={"state_directory": str(self.world.folder / "state")})
        self.agent.wait_until_active(START_S)
        self.active_since = time.monotonic()
        self.metrics_port = telemetry.metrics_port
        self.sdk = self.world.process("sdk", [
            sys.executable, worlds.KERNEL_SERVICES / "exporter.py", "--port", sdk_port, "--every", "0.5"])
        self._thread(self._flap)
        self._thread(self._reload)

    def _flap(self):
        # As many whole rounds in each quarter of what is judged: quarters are compared.
        seconds = self.options.minutes * 60
        quarter = (seconds - self.outcome.warm_up_s) / 4
        length = quarter / max(1, round(quarter / 60))
        while not self.over.is_set():
            for state, share in STATES:
                self.flapping.become(state)
                if self.over.wait(length * share):
                    break
        self.flapping.become(backend.UP)

    def _reload(self):
        settings = json.loads(self.agent.configuration.read_text())
        good = self.agent.configuration.read_text()
        while not self.over.wait(min(RELOAD_S, self.options.minutes * 60 / 10)):
            queue = settings["exporters"][random.choice((STEADY, FLAPPING))]["sending_queue"]
            queue["batch"] = {"flush_timeout": f"{random.randint(100, 400)}ms"}
            # One in five is wrong, and changes nothing.
            text = "exporters: [" if random.random() < 0.2 else json.dumps(settings, indent=1)
            self.agent.configuration.write_text(text)
            if self.agent.process.status is not None:
                return
            os.kill(self.agent.pid, signal.SIGHUP)
            self.outcome.reloads += 1
        self.agent.configuration.write_text(good)

    def watch(self):
        """A sample each second until the time is over."""
        seconds = self.options.minutes * 60
        self._require_alive("before the first sample")
        taken = samples.Samples(self.options.output / "samples.csv", self.agent, self.metrics_port)
        self.outcome.rows = taken.rows
        self.outcome.bounded = {f"map_{each.name}": each.capacity for each in taken.maps if each.makes_room}
        begin, last_line = time.monotonic(), 0.0
        self.outcome.before_s = begin - self.active_since
        try:
            while (now := time.monotonic() - begin) < seconds:
                self._require_alive(f"after {now:.0f} s")
                row = taken.take(now, self.flapping.state)
                line = self._line(row, seconds)
                if sys.stdout.isatty():
                    progress(line)
                elif now - last_line >= max(15, seconds / 20):
                    print(line, flush=True)
                    last_line = now
                time.sleep(max(0.0, 1 - (time.monotonic() - begin) % 1))
        finally:
            taken.close()
            self.over.set()
            progress("")

    def _require_alive(self, when):
        if (status := self.agent.process.status) is not None:
            raise Failure(f"the agent ended with {status} {when}: {self.agent.process.last_words()}")

    def _line(self, row, seconds):
        failures = sum(len(each) for each in self.outcome.failures.values())
        return (f"{row['seconds']:6.0f} of {seconds:.0f} s  {row['rss_kib'] / 1024:6.1f} MiB  {row['files']} files"
                f"  {row['threads']} threads  {row['connections']:.0f} connections  {row['spans']:.0f} spans"
                f"  {row['ring_full']:.0f} lost in rings  backend {row['state']}"
                f"  {sum(self.outcome.rounds.values())} rounds, {failures} failed")

    def finish(self):
        """Ends traffic, then the agent, whose closing counters are read."""
        for thread in self.threads:
            thread.join(90)
        still = sum(thread.is_alive() for thread in self.threads)
        if still:
            raise Failure(f"{still} threads of traffic hang")
        self.sdk.stop()
        time.sleep(LAST_RETURN_S)
        page = samples.metrics(self.metrics_port)
        self.outcome.recognised = {
            labels["protocol"]: value for name, labels, value in page
            if name == "interspan_capture_recognised_connections_total"}
        self.outcome.received = round(samples.total(page, "interspan_receiver_accepted_spans_total"))
        self.agent.stop()
        self.outcome.recognised |= self.steady.marked
        self.outcome.took = {STEADY: self.steady.spans, FLAPPING: self.flapping.spans}
        self.outcome.agent = self.agent

    def save(self):
        """What the agent was told and said."""
        for file in (self.agent.configuration, self.agent.process.err):
            (self.options.output / file.name).write_bytes(file.read_bytes())

    def close(self):
        """Ends all that is left."""
        self.over.set()
        self.steady.stop()
        self.flapping.stop()
        worlds.close()
        self.world.__exit__(None, None, None)


def progress(line):
    """One line that changes, where somebody looks on."""
    if sys.stdout.isatty():
        print(f"\r\x1b[K{line[:200]}", end="", flush=True)


def run(options, hook, folder):
    """Runs it; what came of it."""
    course = Course(options, hook, folder)
    try:
        course.outcome.warm_up_s = min(options.minutes * 60 * WARM_UP, MOST_WARM_UP_S)
        # It watches servers start as well, and has that time to warm up.
        course.start_agent()
        try:
            course.start_traffic()
            course.watch()
            course.finish()
        finally:
            course.save()
        return course.outcome
    finally:
        course.close()
