"""A packet capture of a test's traffic, made by tcpdump; what a replay and tshark make of it."""
import re
import signal
import subprocess
import time

from harness.process import Failure, Process

from . import spans

# What may still be on its way from the kernel to tcpdump when the last response has come.
LAST_PACKET_S = 0.5
TIMEOUT_S = 60
# Between the values of a field that a packet has more than once: no text that is asked for has it.
OCCURRENCES = "\x1f"


class Recording:
    """A capture that runs until somebody wants to read it."""

    def __init__(self, folder, name, port, udp=False):
        self.file, self.port, self._is_over = folder / f"{name}.pcap", port, False
        self.process = Process(name, [
            "tcpdump", "-i", "lo", "-w", self.file, "-s", "0", "-B", "65536", "--immediate-mode", "-U", "-Z", "root",
            f"{'' if udp else 'tcp '}port {port}"], folder)
        self.process.wait_for(self.process.err, "listening on")

    def stop(self):
        """Ends it when every packet is in the file."""
        if self._is_over:
            return self
        time.sleep(LAST_PACKET_S)
        self._is_over = True
        self.process.stop(signal.SIGINT)
        dropped = re.search(r"(\d+) packets? dropped by kernel", self.process.errors())
        if not dropped or dropped[1] != "0":
            raise Failure(f"tcpdump itself lost packets: {self.process.last_words()}")
        return self

    def replayed(self, binary, *options):
        """The spans of a replay."""
        result = subprocess.run(
            [binary, "replay", self.stop().file, "--output", "-", *options], stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=TIMEOUT_S)
        if result.returncode:
            raise Failure(f"replay ended with {result.returncode}: {result.stderr[-500:]}")
        return spans.of_lines(result.stdout, self.port)

    def tshark(self, display_filter, fields, decode_as=(), options=()):
        """For each packet that passes the filter a list of the fields' values, and each of these a list: a packet may
        have a field more than once."""
        command = ["tshark", "-n", "-r", self.stop().file, "-Y", display_filter, "-T", "fields"]
        command += ["-E", "separator=/t", "-E", f"aggregator={OCCURRENCES}", "-E", "occurrence=a"]
        for rule in [decode_as] if isinstance(decode_as, str) else decode_as:
            command += ["-d", rule]
        for field in fields:
            command += ["-e", field]
        result = subprocess.run(
            [*command, *options], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT_S)
        if result.returncode:
            raise Failure(f"tshark ended with {result.returncode}: {result.stderr[-500:]}")
        return [[cell.split(OCCURRENCES) if cell else [] for cell in line.split("\t")]
                for line in result.stdout.splitlines()]
