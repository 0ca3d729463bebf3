"""What a run has at hand: the backend, a service of some model, what asks it, the agent; all in a folder of its own."""
import contextlib
import json
import pathlib
import re
import sys
import time

from harness import free, patience
from harness.agent import OUR_LOSSES
from harness.process import Failure
from harness.world import LAST_RETURN_S, AgentWorld, require
from live.server import Server, open_folder

from . import judge, programs

# Under load a debug binary is behind for seconds.
RING = "64MiB"
# What others on the host can cause whose connections we watch as well.
LOSSES_OF_OTHERS = ("unread", "gap", "malformed")
# No span of a request has come for so long: the last one was the last.
SETTLE_TIMEOUT_S = 5.0
# A thread that used less than that in so long has nothing to do.
IDLE_S, IDLE_NS = 0.5, 5_000_000
ID = re.compile(r"[0-9a-f]{16}")
# A request that waits in a line of 256, while others use the machine.
LOAD_TIMEOUT_S = 120


class World(AgentWorld):
    """A run's own."""

    def __init__(self, folder, binary, hook, is_shared=False):
        super().__init__(folder, binary, hook)
        self.is_shared, self._programs = is_shared, 0
        self._forgotten = set()
        self.truth_file = self.folder / "calls.truth"
        # Proxies write down in their own way what they called: functions that give (call, request).
        self.further_truth = []

    def port(self):
        """A free port."""
        return free.port()

    def server(self, name, argv, port, user=None, env=None):
        """A server that listens at a port of its own, and ends with the run."""
        if user:
            open_folder(self.folder)
        server = Server(name, argv, self.folder, port, user, env)
        self.ended_with_the_run(server.stop)
        return server.wait_until_listening(60)

    def ended_with_the_run(self, how):
        """Calls it when the run is over."""
        self._stack.callback(how)

    def program(self, name, *arguments, env=None):
        """A program that says `listening PORT`: the port."""
        self._programs += 1
        process = self.process(f"{name}{self._programs}", arguments, **({"env": env} if env else {}))
        return int(process.wait_for(process.out, "listening", 30).split()[1])

    def script(self, name, *arguments, python=sys.executable):
        """A Python program of services/ that says `listening PORT`: the port."""
        return self.program("service", python, "-B", programs.SERVICES / name, "--truth", self.truth_file, *arguments)

    def backend(self):
        """What all services call: the port."""
        return self.program("backend", programs.go(), "backend")

    def load(self, port, in_flight, count, mix, most_s=20):
        """Sends requests, so many of them under way at once, and waits for all answers. Gives {id: operation}."""
        number = len(list(self.folder.glob("load*.out")))
        load = self.process(f"load{number}", [
            programs.go(), "load", "-base", f"http://127.0.0.1:{port}", "-count", count, "-in-flight", in_flight,
            "-mix", mix, "-most", f"{most_s}s"])
        status = load.wait(LOAD_TIMEOUT_S)
        answers = [json.loads(line) for line in load.output().splitlines()]
        bad = [answer for answer in answers if answer["status"] != 200]
        if status or bad or not answers:
            raise Failure(f"{len(bad)} of {len(answers)} requests had no good answer: {bad[:2]} {load.last_words()}")
        return {answer["id"]: answer["operation"] for answer in answers}

    def observer(self, correlate=None, receiver=None):
        """The agent, capturing."""
        return self.agent_starting(
            receiver={"ring_buffer": RING, **(receiver or {})},
            processors={"correlate": correlate} if correlate else None).wait_until_active()

    def calls(self):
        """What really called what: {id of a call: the request's, None if it was made for none}."""
        lines = [line.split() for line in self.truth_file.read_text().splitlines()] if self.truth_file.exists() else []
        for told in self.further_truth:
            lines += told()
        lines = [line for line in lines if line[0] not in self._forgotten]
        # Calls of nobody are made before anybody looks, and after: those between calls for requests count.
        asked = [place for place, (_, request) in enumerate(lines) if request != "-"]
        lines = lines[asked[0]:asked[-1] + 1] if asked else []
        return {call: None if request == "-" else request for call, request in lines}

    def wait_until_programs_are_known(self, agent, most_s):
        """Waits until the agent's thread that looks into programs has nothing to do, or for so long."""
        end, used = patience.now() + most_s, None
        while patience.now() < end:
            time.sleep(IDLE_S)
            now = cpu_ns_of_thread(agent.pid, "units")
            if used is not None and now - used < IDLE_NS:
                return
            used = now

    def forget_calls(self):
        """What was called so far is not judged."""
        self._forgotten = set(self.calls())

    def finish(self, agent, requests):
        """Ends the agent, whose counters must balance with nothing lost, and gives the verdict over what it saw."""
        time.sleep(LAST_RETURN_S)
        self._settle(agent, requests)
        agent.stop()
        losses = [reason for reason in OUR_LOSSES if not (self.is_shared and reason in LOSSES_OF_OTHERS)]
        require(agent.unbalanced(losses))
        return judge.judge(requests, self.calls(), agent.spans())

    def _settle(self, agent, requests):
        """Waits until both ends of every request have come from the agent, which may be behind, or no more come. What
        waits for evidence leaves when it ends."""
        missing, since, offset = {name: 2 for name in requests}, patience.now(), 0
        while missing and patience.now() - since < SETTLE_TIMEOUT_S:
            time.sleep(0.1)
            if not agent.spans_file.exists():
                continue
            with open(agent.spans_file) as file:
                file.seek(offset)
                new, offset = file.read(), file.tell()
            for name in ID.findall(new):
                if name in missing:
                    since = patience.now()
                    missing[name] -= 1
                    if not missing[name]:
                        del missing[name]


def cpu_ns_of_thread(pid, name):
    """The CPU time of a process's threads of a name so far, ns."""
    used = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):
            if (task / "comm").read_text().strip() == name:
                used += int((task / "schedstat").read_text().split()[0])
    return used
