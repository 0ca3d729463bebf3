"""What a test has at hand: servers, clients, the agent, a packet capture, all in a folder of its own and gone when it
ends."""
import pathlib
import subprocess
import time

from harness import free, patience
from harness.agent import OUR_LOSSES
from harness.process import Failure
from harness.python import python_with
from harness.world import LAST_RETURN_S, AgentWorld, require

from . import spans
from .client import Client
from .recording import Recording
from .server import Server, environment, identity, open_folder

CLIENTS = pathlib.Path(__file__).resolve().parent.parent / "clients"
# No span of a server has come for so long: the last one was the last. And how long that may take in all.
SETTLED_S = 0.5
SETTLE_TIMEOUT_S = 10.0
# What others on the host can cause whose connections we watch as well.
LOSSES_OF_OTHERS = ("unread", "gap", "malformed")


class World(AgentWorld):
    """A test's own."""

    def __init__(self, folder, binary, hook, is_shared=False):
        super().__init__(folder, binary, hook)
        self.is_shared = is_shared
        self._count = 0

    def port(self):
        """A free port of 127.0.0.1."""
        return free.port()

    def server(self, name, argv, port, user=None, env=None, timeout=30, ready=None):
        """A server that listens at a port of its own (or a socket's path), and has said `ready` if that is given. Its
        folder is the test's. As `user` rather than root if one is named."""
        if user:
            open_folder(self.folder)
        server = Server(name, argv, self.folder, port, user, env)
        self._stack.callback(server.stop)
        return server.wait_until_listening(timeout, ready)

    def command(self, argv, user=None, env=None, timeout=60, text=None):
        """Runs a program to its good end (initdb and its like), and gives what it wrote."""
        if user:
            open_folder(self.folder)
        result = subprocess.run(
            [str(argument) for argument in argv], cwd=self.folder, capture_output=True, text=True, timeout=timeout,
            env=environment(self.folder, env), **identity(user),
            **({"stdin": subprocess.DEVNULL} if text is None else {"input": text}))
        if result.returncode:
            raise Failure(f"{argv[0]} ended with {result.returncode}: {(result.stdout + result.stderr)[-1500:]}")
        return result.stdout

    def agent(self, **settings):
        """The agent, capturing; settings of its receiver."""
        return self.agent_starting(receiver=settings).wait_until_active()

    def client(self, script, *arguments, packages=(), timeout=60):
        """Runs a program of clients/ to its good end, and gives the JSON objects that it printed, one a line."""
        return self.start_client(script, *arguments, packages=packages).wait(timeout)

    def start_client(self, script, *arguments, packages=()):
        """Starts a program of clients/, with packages of the index."""
        self._count += 1
        client = Client(
            f"{pathlib.Path(script).stem}{self._count}", python_with(*packages), CLIENTS / script, arguments,
            self.folder)
        self._stack.callback(client.process.stop)
        return client

    def record(self, port, udp=False):
        """Begins a packet capture of a port."""
        self._count += 1
        recording = Recording(self.folder, f"tcpdump{self._count}", port, udp)
        self._stack.callback(recording.process.stop)
        return recording

    def replayed(self, recording, *options):
        """The spans of a replay of a recording, which ends by that."""
        return recording.replayed(self.binary, *options)

    def tshark(self, recording, display_filter, fields, decode_as=(), options=()):
        """What tshark reads in a recording: for each packet that passes the filter the fields' values, those that a
        packet has more than once joined by commas."""
        rows = recording.tshark(display_filter, fields, decode_as, options)
        return [[",".join(cell) for cell in row] for row in rows]

    def tshark_values(self, recording, display_filter, field, decode_as=(), options=()):
        """All values that tshark reads of a field, also of packets that have it more than once."""
        return [value for row in recording.tshark(display_filter, [field], decode_as, options) for value in row[0]]

    def same_names(self, these, kind, expected):
        """Holds the names of the spans of a kind against those expected: a list, or how many of each."""
        require(spans.name_differences(these, kind, expected))

    def same_story(self, live, replayed):
        """Holds the spans of a replay against those of live capture."""
        require(spans.story_differences(live, replayed))

    def spans(self, agent, where):
        """The spans so far of the server that listens there."""
        return spans.of_lines(agent.spans_file.read_text() if agent.spans_file.exists() else "", where)

    def all_spans(self, agent):
        """Every span of the agent's so far, whoever it is of."""
        return spans.of_lines(agent.spans_file.read_text() if agent.spans_file.exists() else "")

    def finish(self, agent, where, bear=()):
        """Ends the agent when the spans of a server have come, and gives them. where: its port, or its socket's path.
        Its counters must balance, and nothing be lost but for the reasons in `bear`."""
        patience.sleep(LAST_RETURN_S)
        self._settle(agent, where)
        agent.stop()
        bear = {*bear, *(LOSSES_OF_OTHERS if self.is_shared else ())}
        require(agent.unbalanced([reason for reason in OUR_LOSSES if reason not in bear]))
        return self.spans(agent, where)

    def _settle(self, agent, where):
        end = patience.now() + SETTLE_TIMEOUT_S
        count, since = -1, 0.0
        while patience.now() < end:
            now = len(self.spans(agent, where))
            if now != count:
                count, since = now, patience.now()
            elif patience.now() - since >= SETTLED_S:
                return
            time.sleep(0.1)
