"""Processes that a test starts: each is ended by its own number, and none outlives the test that started it."""
import contextlib
import ctypes
import os
import pathlib
import signal
import subprocess
import time

from . import patience

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None)


def _die_with_parent():
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Failure(Exception):
    """A test found something wrong."""


class Skip(Exception):
    """A test cannot be run here, and why."""


class Process:
    """A child process whose standard output and error lie in files."""

    def __init__(self, name, arguments, folder, **options):
        self.name = name
        self.out = pathlib.Path(folder, f"{name}.out")
        self.err = pathlib.Path(folder, f"{name}.err")
        with open(self.out, "wb") as out, open(self.err, "wb") as err:
            self.popen = subprocess.Popen(
                [str(argument) for argument in arguments], stdout=out, stderr=err, preexec_fn=_die_with_parent,
                **{"stdin": subprocess.DEVNULL, **options})
        self.pid = self.popen.pid

    @property
    def status(self):
        """The exit status; None while it runs."""
        return self.popen.poll()

    def errors(self):
        """What it wrote to standard error so far."""
        return self.err.read_text(errors="replace")

    def output(self):
        """What it wrote to standard output so far."""
        return self.out.read_text(errors="replace")

    def wait_for(self, file, text, timeout=10.0):
        """Waits until a file of the process has a text, and gives the line it stands on."""
        end = patience.now() + timeout
        while True:
            over = self.status is not None
            for line in pathlib.Path(file).read_text(errors="replace").splitlines():
                if text in line:
                    return line
            if over:
                raise Failure(f"{self.name} ended with {self.status} before it said {text!r}: {self.last_words()}")
            if patience.now() > end:
                raise Failure(f"{self.name} did not say {text!r} within {timeout:.0f} s: {self.last_words()}")
            time.sleep(0.02)

    def last_words(self):
        """The end of what it wrote, for messages."""
        return " | ".join((self.errors() + self.output()).splitlines()[-4:]) or "it wrote nothing"

    def wait(self, timeout):
        """Waits for its end and gives the exit status."""
        if not self._has_ended(timeout):
            raise Failure(f"{self.name} did not end within {timeout:.0f} s: {self.last_words()}")
        return self.status

    def stop(self, how=signal.SIGTERM, timeout=5.0):
        """Asks it to end, and ends it if it does not."""
        if self.status is not None:
            return self.status
        self.popen.send_signal(how)
        if not self._has_ended(timeout):
            self.popen.kill()
        return self.popen.wait()

    def _has_ended(self, timeout):
        """Whether it ends within a time."""
        end = patience.now() + timeout
        while self.status is None and patience.now() < end:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.popen.wait(0.2)
        return self.status is not None


def children(pid):
    """The numbers of a process's children."""
    try:
        return [int(number) for number in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def is_root():
    """Whether privileges are there at all."""
    return os.geteuid() == 0


def become_reaper():
    """From now on whatever outlives the process that started it, however it went away from it, is a child of ours."""
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1)


def end_children(timeout=5.0):
    """Ends every child that is left, and theirs as they become ours; gives how many there were."""
    end, count = patience.now() + timeout, 0
    while left := children(os.getpid()):
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                count += 1
            except (ProcessLookupError, ChildProcessError):
                pass
        if patience.now() > end:
            raise Failure(f"processes {left} do not end")
    return count
