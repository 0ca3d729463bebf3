"""The kernels that the agent is tried on: Debian's own packages, unpacked and never installed.

One more kernel is one more line in KERNELS.
"""
import dataclasses
import os
import re
import shutil
import subprocess


@dataclasses.dataclass(frozen=True)
class Kernel:
    """One kernel."""
    name: str
    # The newest package whose name matches is taken: older ones leave the archive.
    package: str
    # The ways of hooking it has, the one that `auto` must take first.
    hooks: tuple
    # The tracepoints of ours that it has not.
    lacks: tuple = ()


HOOKS = ("sock", "fexit", "syscall")
KERNELS = [
    Kernel("6.1", r"linux-image-6\.1\.0-\d+-cloud-amd64-unsigned", ("fexit", "syscall"),
           ("sock_send_length", "sock_recv_length")),
    Kernel("6.12", r"linux-image-6\.12\.\d+\+deb12-cloud-amd64-unsigned", HOOKS),
]


class Unavailable(Exception):
    """A kernel cannot be had here, and why."""


def image(kernel, cache):
    """Its vmlinuz, from the cache or from Debian."""
    packages = sorted(names(kernel.package), key=version)
    ready = [cache / package / "vmlinuz" for package in packages]
    # Without package lists, what was unpacked before still serves.
    ready = ready or sorted((path / "vmlinuz" for path in cache.glob("*") if re.fullmatch(kernel.package, path.name)),
                            key=lambda path: version(path.parent.name))
    if not ready:
        raise Unavailable(f"apt knows no package {kernel.package} (apt-get update?)")
    if not ready[-1].exists():
        unpack(ready[-1].parent)
        for old in cache.glob("linux-image-*"):
            if re.fullmatch(kernel.package, old.name) and old != ready[-1].parent:
                shutil.rmtree(old)
    return ready[-1]


def names(pattern):
    """The packages that apt knows by a name."""
    try:
        known = subprocess.run(["apt-cache", "pkgnames", "linux-image-"], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise Unavailable("apt-cache is not here: kernels come from Debian's packages") from None
    return [name for name in known.stdout.split() if re.fullmatch(pattern, name)]


def version(package):
    """What to sort by."""
    return [int(number) for number in re.findall(r"\d+", package)]


def unpack(folder):
    """Downloads a package and keeps the kernel in it."""
    folder.mkdir(parents=True, exist_ok=True)
    result = subprocess.run(
        ["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", folder.name], cwd=folder, capture_output=True,
        text=True, check=False)
    packages = list(folder.glob("*.deb"))
    if result.returncode != 0 or not packages:
        raise Unavailable(f"apt-get download {folder.name}: {' | '.join(result.stderr.splitlines()[-2:])}")
    release = re.search(r"linux-image-(.*-amd64)", folder.name)[1]
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", packages[0]], stdout=subprocess.PIPE) as archive:
        found = subprocess.run(
            ["tar", "-x", "--to-stdout", f"./boot/vmlinuz-{release}"], stdin=archive.stdout, capture_output=True,
            check=False)
    packages[0].unlink()
    if found.returncode != 0 or not found.stdout:
        raise Unavailable(f"{folder.name} has no /boot/vmlinuz-{release}")
    partial = folder / "vmlinuz.part"
    partial.write_bytes(found.stdout)
    os.replace(partial, folder / "vmlinuz")
