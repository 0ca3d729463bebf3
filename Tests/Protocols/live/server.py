"""A server that a test starts, with everything that it starts in turn."""
import os
import pathlib
import pwd
import signal
import time

from harness import patience
from harness.free import is_listening
from harness.process import Failure, Process

STOP_TIMEOUT = 5.0


def identity(user):
    """What makes a process run as a user."""
    if user is None:
        return {}
    entry = pwd.getpwnam(user)
    return {
        "user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": os.getgrouplist(user, entry.pw_gid)}


def environment(folder, more=None):
    """Variables for what works in a folder."""
    return {**os.environ, "HOME": str(folder), **(more or {})}


def open_folder(folder):
    """Lets every user work in a folder."""
    pathlib.Path(folder).chmod(0o777)


class Server:
    """A server in a process group of its own."""

    def __init__(self, name, argv, folder, port, user=None, env=None):
        self.port = port
        self.process = Process(
            name, argv, folder, cwd=folder, start_new_session=True, env=environment(folder, env), **identity(user))
        self.pid = self.process.pid

    def wait_until_listening(self, timeout, ready=None):
        """Waits until it listens at its port, and has said that it is ready if it says so."""
        end = patience.now() + timeout
        while not (self._is_there() and (ready is None or ready in self.log())):
            if self.process.status is not None:
                raise Failure(f"{self.process.name} ended with {self.process.status}: {self.process.last_words()}")
            if patience.now() > end:
                raise Failure(f"{self.process.name} is not there after {timeout} s: {self.process.last_words()}")
            time.sleep(0.05)
        return self

    def _is_there(self):
        if isinstance(self.port, int):
            return is_listening(self.port)
        return self.port is None or pathlib.Path(self.port).is_socket()

    def log(self):
        """Everything it said."""
        return self.process.output() + self.process.errors()

    def kill(self):
        """Ends it and all it started at once, as a crash would: its connections break."""
        self._signal(signal.SIGKILL)
        self.process.popen.wait()

    def stop(self):
        """Asks it to end; ends what is left of it."""
        if self.process.status is None:
            self.process.stop(timeout=STOP_TIMEOUT)
        self._signal(signal.SIGKILL)

    def _signal(self, how):
        try:
            os.killpg(self.pid, how)
        except ProcessLookupError:
            pass
