"""What a process has in the kernel of BPF: programs, maps and links, by the numbers that the kernel gives them."""
import ctypes
import errno
import os
import pathlib
import struct

from .preconditions import SYSTEM_CALL_BPF

# Commands that open an object by its number, by the name that fdinfo has for it.
OPEN_BY_NUMBER = {"prog_id": 13, "map_id": 14, "link_id": 30}
# enum bpf_map_type: what has keys that come and go. Others have all entries always, or belong to tasks and sockets.
WITH_KEYS = (1, 5, 9, 10)
# Those in which what was used least recently makes room.
THAT_MAKE_ROOM = (9, 10)
LOOK_UP, GET_NEXT_KEY, GET_INFORMATION = 1, 4, 15
KINDS = {"prog_id": "program", "map_id": "map", "link_id": "link"}
_libc = ctypes.CDLL(None, use_errno=True)


def held_by(pid):
    """{(kind, number)} of the objects that a process has descriptors of."""
    found = set()
    for file in pathlib.Path(f"/proc/{pid}/fdinfo").iterdir():
        try:
            fields = dict(line.split(":", 1) for line in file.read_text().splitlines() if ":" in line)
        except FileNotFoundError:
            continue
        # A link's has its program's number as well, of which there is a descriptor of its own.
        kind = next((kind for kind in ("link_id", "prog_id", "map_id") if kind in fields), None)
        if kind:
            found.add((kind, int(fields[kind])))
    return found


def still_there(objects):
    """Those of {(kind, number)} that the kernel still has."""
    return {(kind, number) for kind, number in objects if _exists(kind, number)}


def named(objects):
    """For messages."""
    return ", ".join(f"{KINDS[kind]} {number}" for kind, number in sorted(objects))


class Map:
    """A map of another process's, of which entries can be counted."""

    def __init__(self, number):
        self._descriptor = _bpf(OPEN_BY_NUMBER["map_id"], struct.pack("=III", number, 0, 0))
        if self._descriptor < 0:
            raise OSError(ctypes.get_errno(), f"map {number}: {os.strerror(ctypes.get_errno())}")
        information = ctypes.create_string_buffer(88)
        if _bpf(GET_INFORMATION, struct.pack("=IIQ", self._descriptor, 88, ctypes.addressof(information))) < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        self.kind, _, self._key_size, self._value_size, self.capacity, _ = struct.unpack_from("=6I", information)
        self.name = information.raw[24:40].split(b"\0")[0].decode()

    @classmethod
    def of(cls, pid):
        """Every map that a process has a descriptor of."""
        return [cls(number) for kind, number in sorted(held_by(pid)) if kind == "map_id"]

    @property
    def has_keys(self):
        """Whether its entries come and go."""
        return self.kind in WITH_KEYS

    @property
    def makes_room(self):
        """Whether it may be full, and go on."""
        return self.kind in THAT_MAKE_ROOM

    def of_task(self, pid):
        """What storage of tasks has for a process's first thread; None for nothing."""
        task = os.pidfd_open(pid)
        try:
            key, value = ctypes.c_int(task), ctypes.create_string_buffer(self._value_size)
            request = struct.pack("=IIQQ", self._descriptor, 0, ctypes.addressof(key), ctypes.addressof(value))
            return value.raw if _bpf(LOOK_UP, request) == 0 else None
        finally:
            os.close(task)

    def count(self):
        """How many entries it has, about: they may change while they are counted."""
        key, count = ctypes.create_string_buffer(self._key_size), 0
        request = struct.pack("=IIQQ", self._descriptor, 0, 0, ctypes.addressof(key))
        following = struct.pack("=IIQQ", self._descriptor, 0, ctypes.addressof(key), ctypes.addressof(key))
        # An entry that goes away under way leads back to the first.
        while count < self.capacity and _bpf(GET_NEXT_KEY, request) == 0:
            request, count = following, count + 1
        return count


def _bpf(command, attributes):
    buffer = ctypes.create_string_buffer(attributes.ljust(128, b"\0"), 128)
    return _libc.syscall(SYSTEM_CALL_BPF[os.uname().machine], command, buffer, 128)


def _exists(kind, number):
    descriptor = _bpf(OPEN_BY_NUMBER[kind], struct.pack("=III", number, 0, 0))
    if descriptor >= 0:
        os.close(descriptor)
        return True
    # Going away: another may no longer have it, and it is not gone.
    error = ctypes.get_errno()
    if error == errno.ENOENT:
        return False
    raise OSError(error, os.strerror(error))
