"""What every part needs: nginx with a small file, wrk at it, the agent beside them, and ways to read what they used."""
import collections
import contextlib
import pathlib
import re
import shutil
import signal
import statistics
import time

from harness import free
from harness.agent import Agent
from harness.nginx import Nginx
from harness.process import Failure, Process, Skip, children

# The budget's own conditions (DESIGN): a 600-byte file over 16 kept connections, both ends watched.
FILE_BYTES = 600
CONNECTIONS = 16
WARM_UP_S = 0.5

Row = collections.namedtuple("Row", "what figure budget")


def figure(values, unit, digits=0):
    """Minimum / median / maximum."""
    values = sorted(values)
    return " / ".join(f"{value:,.{digits}f}" for value in (values[0], statistics.median(values), values[-1])) + unit


class Stage:
    """nginx, and what else a measurement starts; all of it ends with it."""

    def __init__(self, folder, binary, hook, quick):
        self.folder, self.binary, self.hook, self.quick = pathlib.Path(folder), binary, hook, quick
        self._stack, self._count, self.url, self.nginx = contextlib.ExitStack(), 0, None, None

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._stack.close()

    def start_nginx(self):
        """nginx with the file."""
        files = self.folder / "files"
        files.mkdir()
        (files / "small").write_bytes(b"s" * FILE_BYTES)
        front = f"127.0.0.1:{free.port()}"
        self.nginx = Nginx(self.folder, [front], {}, files=files, workers=1, log=False)
        self._stack.callback(self.nginx.stop)
        self.url = f"http://{front}/files/small"

    def process(self, name, arguments):
        """Any process, ended with the stage."""
        self._count += 1
        process = Process(f"{name}{self._count}", arguments, self.folder)
        self._stack.callback(process.stop)
        return process

    def agent(self, **receiver):
        """The agent, active; its spans are encoded and thrown away."""
        self._count += 1
        folder = self.folder / f"agent{self._count}"
        folder.mkdir()
        agent = Agent(
            self.binary, folder, self.hook, exporters={"file": {"path": "/dev/null"}}, file=False, receiver=receiver)
        self._stack.callback(agent.process.stop)
        return agent.wait_until_active()

    def load(self):
        """wrk, at saturation, until it is stopped."""
        wrk = shutil.which("wrk")
        if not wrk:
            raise Skip("wrk is not installed")
        load = self.process("wrk", [wrk, "-t", "1", "-c", str(CONNECTIONS), "-d", "600s", self.url])
        time.sleep(WARM_UP_S)
        return load

    def requests_per_second(self, seconds):
        """wrk's own figure for a short run."""
        load = self.process("wrk", [
            shutil.which("wrk") or "wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", "600s", self.url])
        time.sleep(seconds)
        load.stop(signal.SIGINT)
        found = re.search(r"Requests/sec:\s+([\d.]+)", load.output())
        if not found:
            raise Failure(f"wrk: {load.last_words()}")
        return float(found[1])

    def workers(self):
        """nginx's workers."""
        return children(self.nginx.process.pid)


def cpu_ns(pids):
    """CPU time that processes have used, all their threads together, by the scheduler's own account."""
    total = 0
    for pid in pids:
        # What ended in the meantime used little: it would have been there before otherwise.
        with contextlib.suppress(OSError):
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                total += int((task / "schedstat").read_text().split()[0])
    return total


def resident_mib(pid):
    """Resident memory."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024
