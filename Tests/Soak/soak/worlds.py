"""What the kinds of traffic stand on: the worlds of the other live tests, without an agent of their own."""
import contextlib
import os
import pathlib

from concurrency.models import MODELS  # noqa: F401  (what traffic picks from)
from concurrency.world import World as ConcurrencyWorld
from harness import world as kernel
from harness.free import port  # noqa: F401
from live.world import World as ProtocolWorld

KERNEL_SERVICES = kernel.SERVICES
_stack = contextlib.ExitStack()
_networks = []


def _made(world_type, folder):
    folder.mkdir()
    folder.chmod(0o755)
    # Programs are started by a world; it is not asked for its agent.
    return _stack.enter_context(world_type(folder, None, None))


def services(folder):
    """Services that write down what they did."""
    return _made(kernel.World, folder)


def protocol(folder):
    """Real servers, and the clients people use."""
    return _made(ProtocolWorld, folder)


def concurrency(folder):
    """Services of every model of concurrency."""
    return _made(ConcurrencyWorld, folder)


def enter_own_network(network):
    """Moves the calling thread into a network of its own, where it stays."""
    # Forgotten, it would lead back.
    _networks.append(network)
    network.__enter__()


def close():
    """Ends everything that was started."""
    _stack.close()


def empty(file):
    """Makes a file that others append to empty."""
    if file.exists():
        os.truncate(file, 0)


def forget_truth(world):
    """What services wrote down is held against nothing here, and would fill the disk."""
    for pattern in ("*.truth", "nginx-access.log"):
        for file in pathlib.Path(world.folder).glob(pattern):
            empty(file)
