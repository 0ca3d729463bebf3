"""The clock by which tests lose patience: it runs slower while a hypervisor gives this machine's processors to others.

A virtual machine may stand nearly still for half a minute. Whoever waits 20 seconds for something would find it late
then, although nobody was slow. /proc/stat says how much was taken away ("steal", proc(5))."""
import pathlib
import threading
import time

STAT = pathlib.Path("/proc/stat")
# Shorter intervals than the ticks of /proc/stat can tell apart take the share of the one before.
INTERVAL_S = 0.2
# However much is taken away: a wait of 20 seconds ends after this many times that.
SLOWEST = 15


def ticks(line):
    """What the first line of /proc/stat says of all processors: (ticks in which they ran, ticks taken away)."""
    user, nice, system, _, _, interrupts, soft_interrupts, stolen = (int(value) for value in line.split()[1:9])
    return user + nice + system + interrupts + soft_interrupts, stolen


def reading():
    """The first line of /proc/stat."""
    return STAT.read_text().partition("\n")[0]


def stolen(before, after):
    """The share of the time for which something wanted to run that was taken away between two readings, 0 to 1."""
    ran, taken = (now - then for now, then in zip(ticks(after), ticks(before)))
    return taken / (ran + taken) if taken > 0 else 0.0


class Clock:
    """A clock that counts the time that the machine was given."""

    def __init__(self, wall=time.monotonic, stat=reading):
        self._wall, self._stat = wall, stat
        self._at, self._read = wall(), stat()
        self._passed, self._share = 0.0, 1.0
        self._lock = threading.Lock()

    def now(self):
        """Seconds since some time in the past, less what was taken away."""
        with self._lock:
            return self._now()

    def _now(self):
        since = self._wall() - self._at
        if since < INTERVAL_S:
            return self._passed + since * self._share
        before, self._read = self._read, self._stat()
        self._share = max(1 - stolen(before, self._read), 1 / SLOWEST)
        self._at += since
        self._passed += since * self._share
        return self._passed


now = Clock().now


def sleep(seconds):
    """Sleeps for so many seconds that the machine was given."""
    end = now() + seconds
    while (left := end - now()) > 0:
        time.sleep(min(left, INTERVAL_S))
