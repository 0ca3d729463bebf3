"""A client that a test starts: a program in clients/, which prints what it did as JSON objects, one a line."""
import json
import subprocess

from harness.process import Failure, Process

READY_TIMEOUT = 30.0
TIMEOUT = 60.0


class Client:
    """A client that runs."""

    def __init__(self, name, python, script, arguments, folder):
        self.process = Process(
            name, [python, "-B", script, *arguments], folder, cwd=folder, stdin=subprocess.PIPE)
        self.pid = self.process.pid

    def wait_ready(self, timeout=READY_TIMEOUT):
        """Waits until it has printed {"ready": ...}, and gives what it printed so far."""
        self.process.wait_for(self.process.out, '"ready"', timeout)
        return self.said()

    def go(self, line=""):
        """Lets it go on, by a line on its standard input."""
        self.process.popen.stdin.write(f"{line}\n".encode())
        self.process.popen.stdin.flush()

    def wait(self, timeout=TIMEOUT):
        """Waits until it has ended well, and gives what it printed."""
        self.process.popen.stdin.close()
        status = self.process.wait(timeout)
        if status != 0:
            raise Failure(f"{self.process.name} ended with {status}: {self.process.errors()[-1500:]}")
        return self.said()

    def said(self):
        """What it printed so far."""
        lines = [line for line in self.process.output().splitlines(keepends=True) if line.endswith("\n")]
        return [json.loads(line) for line in lines if line.startswith("{")]
