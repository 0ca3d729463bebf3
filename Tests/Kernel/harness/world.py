"""What a test has at hand: services, nginx, clients and the agent, all in a folder of its own and gone when it ends."""
import contextlib
import json
import os
import pathlib
import secrets
import subprocess
import sys
import time

from . import patience, tree, truth
from .agent import OUR_LOSSES, Agent
from .backend import Backend
from .envoy import Envoy
from .haproxy import HAProxy
from .nginx import Nginx
from .process import Failure, Process

SERVICES = pathlib.Path(__file__).resolve().parent.parent / "services"
# A response reaches the client before the call that sent it has returned in the server.
LAST_RETURN_S = 0.3


def in_url(address):
    """An address as URLs have it."""
    return f"[{address}]" if ":" in address else address


class Service:
    """A service that is listening."""

    def __init__(self, name, process, listening):
        self.name, self.process = name, process
        if isinstance(listening, str):
            self.address, self.port = f"unix:{listening}", 0
        else:
            host, self.port = listening[0], listening[1]
            self.address = f"{in_url(host)}:{self.port}"

    @property
    def url(self):
        """Where its requests go; its name is the first part of their paths."""
        return f"http://{self.address}/{self.name}/"


class Client:
    """A client with connections that it keeps."""

    def __init__(self, process):
        self.process, self.jobs = process, 0

    def start(self, url, names, **job):
        """Has a request sent for each name."""
        self.process.popen.stdin.write(json.dumps({"url": url, "names": names, **job}).encode() + b"\n")
        self.process.popen.stdin.flush()
        self.jobs += 1

    def send(self, url, names, timeout=60, **job):
        """Sends a request for each name, and waits until all are answered."""
        self.start(url, names, **job)
        self.wait(timeout)

    def wait(self, timeout=60):
        """Waits until everything is answered."""
        end = patience.now() + timeout
        while self.process.output().count("done") < self.jobs:
            if self.process.status is not None or patience.now() > end:
                raise Failure(f"the client did not finish: {self.process.last_words()}")
            time.sleep(0.02)


class AgentWorld:
    """What every test has at hand: processes and the agent, in a folder of its own."""

    def __init__(self, folder, binary, hook):
        self.folder, self.binary, self.hook = pathlib.Path(folder), binary, hook
        self.notes = []
        self._stack = contextlib.ExitStack()
        self._agents = 0

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._stack.close()

    def process(self, name, arguments, **options):
        """Any process, ended with the test."""
        process = Process(name, arguments, self.folder, **options)
        self._stack.callback(process.stop)
        return process

    def backend_of_spans(self):
        """A backend that keeps the OTLP/JSON that it is sent."""
        backend = Backend()
        self._stack.callback(backend.stop)
        return backend

    def at_end(self, function):
        """Done when the test is over and its processes have ended."""
        self._stack.callback(function)

    def agent_starting(self, **options):
        """The agent, started and not waited for."""
        self._agents += 1
        folder = self.folder / f"agent{self._agents}"
        folder.mkdir()
        agent = Agent(self.binary, folder, self.hook, **options)
        self._stack.callback(agent.process.stop)
        return agent


class World(AgentWorld):
    """A test's own, with services that write down what really happened."""

    def __init__(self, folder, binary, hook):
        super().__init__(folder, binary, hook)
        self.token = "t" + secrets.token_hex(5)
        self._truth_files, self._proxies = [], []
        self._own_truth = self.watch("test")

    def names(self, count, mark=""):
        """Names for requests, each unlike any other."""
        return [f"{self.token}{mark}-{number}" for number in range(count)]

    def script(self, name, script, *arguments, **options):
        """One of the services' programs."""
        return self.process(name, [sys.executable, SERVICES / script, *arguments], **options)

    def watch(self, name):
        """A truth file that a service of the test's own writes."""
        truth_file = self.folder / f"{name}.truth"
        self._truth_files.append(truth_file)
        return truth_file

    def backend(self, name, model="thread", listen="127.0.0.1:0", call=None, workers=0):
        """A service; `call` is the service it calls, by so many worker threads or by who reads the request."""
        truth_file = self.watch(name)
        arguments = ["--listen", listen, "--model", model, "--truth", truth_file, "--workers", workers]
        process = self.script(name, "backend.py", *arguments, *(["--call", call.url] if call else []))
        line = process.wait_for(process.out, "listening")
        return Service(name, process, json.loads(line)["listening"])

    def nginx(self, listen, routes, **options):
        """nginx; routes: {"edge": service}."""
        nginx = Nginx(
            self.folder, listen, {prefix: (to.name, to.address) for prefix, to in routes.items()}, **options)
        return self._proxy(nginx)

    def haproxy(self, port, to, **options):
        """HAProxy in front of a service."""
        return self._proxy(HAProxy(self.folder, port, to, **options))

    def envoy(self, port, to, **options):
        """Envoy in front of a service."""
        return self._proxy(Envoy(self.folder, port, to, **options))

    def _proxy(self, proxy):
        self._stack.callback(proxy.stop)
        self._proxies.append(proxy)
        return proxy

    def client(self, connections=1):
        """A client."""
        name = f"client{len(self._truth_files)}"
        return Client(self.script(
            name, "client.py", "--connections", connections, "--truth", self.watch(name), stdin=subprocess.PIPE))

    def agent(self, **options):
        """The agent, capturing."""
        return self.agent_starting(**options).wait_until_active()

    def remember(self, line):
        """A line of truth that a test writes itself."""
        with open(self._own_truth, "a") as file:
            file.write(json.dumps({"pid": os.getpid(), **line}) + "\n")

    def truth(self):
        """Everything that was written down so far."""
        lines = truth.read(self._truth_files)
        for proxy in self._proxies:
            lines += proxy.truth()
        return lines

    def finish(self, agent, token=None, losses=OUR_LOSSES):
        """Ends the agent and compares everything it exported with everything that happened, counters included.

        Gives (the spans expected, all spans)."""
        patience.sleep(LAST_RETURN_S)
        agent.stop()
        spans = agent.spans()
        expected = truth.expected(self.truth(), token or self.token)
        # What was lost explains what is missing: it comes first.
        problems = agent.unbalanced(losses) + tree.compare(expected, spans, token or self.token)
        accepted = agent.exporters.get("file", {}).get("accepted", len(spans))
        if accepted != len(spans):
            problems.append(f"the file exporter accepted {accepted} spans, the file has {len(spans)}")
        require(problems)
        return expected, spans


def require(problems):
    """Fails with what is wrong, the first of it in full."""
    problems = list(problems)
    if problems:
        more = f"\n    ... and {len(problems) - 12} more" if len(problems) > 12 else ""
        raise Failure(f"{len(problems)} wrong\n    " + "\n    ".join(problems[:12]) + more)


def check(condition, message):
    """Fails unless it holds."""
    if not condition:
        raise Failure(message)
