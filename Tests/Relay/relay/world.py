"""What a test has at hand: agents, backends and processes, in a folder of its own and gone when it ends."""
import contextlib
import pathlib

from harness.process import Process

from .agent import Agent
from .backend import Backend


class World:
    """A test's own."""

    def __init__(self, folder, binary, chance):
        self.folder, self.binary, self.chance = pathlib.Path(folder), binary, chance
        self.notes = []
        self._stack = contextlib.ExitStack()
        self._agents = self._backends = 0

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._stack.close()

    def agent_starting(self, exporters=None, **options):
        """The agent, started and not waited for; `exporters` are sections by name."""
        self._agents += 1
        agent = Agent(self.binary, self.folder, exporters, name=f"interspan{self._agents}", **options)
        self._stack.callback(agent.process.stop)
        return agent

    def agent(self, exporters=None, **options):
        """The agent, listening."""
        return self.agent_starting(exporters, **options).wait_until_listening()

    def backend(self, kind="http", actions=None, **options):
        """A backend that speaks `http` or `grpc`."""
        self._backends += 1
        backend = Backend(self.folder, kind, f"{kind}{self._backends}", actions, start=False, **options)
        self._stack.callback(backend.stop)
        return backend.start()

    def process(self, name, arguments, **options):
        """Any process, ended with the test."""
        process = Process(name, arguments, self.folder, **options)
        self._stack.callback(process.stop)
        return process

    def on_exit(self, function, *arguments):
        """Something to be done when the test ends, the last first."""
        self._stack.callback(function, *arguments)

    def enter(self, context):
        """A context that ends with the test."""
        return self._stack.enter_context(context)
