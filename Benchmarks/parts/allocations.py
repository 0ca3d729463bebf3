"""How often the whole pipeline asks for memory: the difference of two replays, of which one has more of the same."""
import os
import pathlib
import subprocess

from harness import pcap
from harness.process import Failure

from .loads import program
from .stage import Row

EVERY_HOOK = False
SOURCE = pathlib.Path(__file__).resolve().parent.parent / "count_allocations.c"


def counted(stage, library, count):
    """Allocations of a replay of so many exchanges."""
    capture, said = stage.folder / f"{count}.pcap", stage.folder / f"{count}.count"
    with open(capture, "wb") as file:
        for piece in pcap.exchanges(count, path="/checkout/item/{}"):
            file.write(piece)
    subprocess.run(
        [stage.binary, "replay", capture, "--output", "/dev/null"], check=True, capture_output=True,
        env={**os.environ, "LD_PRELOAD": str(library), "COUNT_ALLOCATIONS": str(said)})
    if not said.exists():
        raise Failure("allocations are not counted")
    return int(said.read_text())


def measure(stage):
    """One row: what another exchange costs when everything has its size."""
    library = stage.folder / "count_allocations.so"
    subprocess.run([program("cc"), "-O2", "-shared", "-fPIC", "-o", library, SOURCE], check=True)
    fewer, more = (10_000, 20_000) if stage.quick else (50_000, 150_000)
    rate = (counted(stage, library, more) - counted(stage, library, fewer)) / (more - fewer)
    yield Row("`replay`, from packets to OTLP/JSON: allocations an exchange of two spans", f"{rate:.3f}", "0")
