"""The kernels that the agent is tried on: Debian's own packages, unpacked and never installed.

One more kernel is one more line in KERNELS.
"""
import dataclasses
import hashlib
import lzma
import os
import re
import shutil
import subprocess
import urllib.request


@dataclasses.dataclass(frozen=True)
class Kernel:
    """One kernel."""
    name: str
    # The newest package whose name matches is taken: older ones leave the archive.
    package: str
    # The ways of hooking it has, the one that `auto` must take first; none for one that is refused.
    hooks: tuple
    # The tracepoints of ours that it has not.
    lacks: tuple = ()
    # An archive, where apt does not know the package: (its address, the suite).
    archive: tuple = ()


HOOKS = ("sock", "fexit", "syscall")
# What is said to a kernel that is too old for all of them.
TOO_OLD = "5.12 or later is needed"
NO_LENGTHS = ("sock_send_length", "sock_recv_length")
BULLSEYE = ("https://deb.debian.org/debian-security", "bullseye-security")
TIMEOUT_S = 60
KERNELS = [
    Kernel("5.10", r"linux-image-5\.10\.0-\d+-cloud-amd64-unsigned", (), NO_LENGTHS, BULLSEYE),
    Kernel("6.1", r"linux-image-6\.1\.0-\d+-cloud-amd64-unsigned", ("fexit", "syscall"), NO_LENGTHS),
    Kernel("6.12", r"linux-image-6\.12\.\d+\+deb12-cloud-amd64-unsigned", HOOKS),
]


class Unavailable(Exception):
    """A kernel cannot be had here, and why."""


def image(kernel, cache):
    """Its vmlinuz, from the cache or from Debian."""
    try:
        known, reason = offered(kernel), "no package has such a name (apt-get update?)"
    except OSError as error:
        known, reason = {}, str(error)
    packages = sorted(known, key=version)
    ready = [cache / package / "vmlinuz" for package in packages]
    # Without package lists, what was unpacked before still serves.
    ready = ready or sorted((path / "vmlinuz" for path in cache.glob("*") if re.fullmatch(kernel.package, path.name)),
                            key=lambda path: version(path.parent.name))
    if not ready:
        raise Unavailable(f"{kernel.package}: {reason}")
    while True:
        try:
            return unpacked(kernel, ready[-1], known, cache)
        except Unavailable:
            # A list may outlive what it names: an older one serves as well.
            if len(ready) == 1:
                raise
            ready.pop()


def unpacked(kernel, vmlinuz, known, cache):
    """A package's kernel, downloaded unless it is there; it takes the place of others of its kind."""
    folder = vmlinuz.parent
    if not vmlinuz.exists():
        try:
            unpack(folder, known[folder.name])
        except Unavailable:
            shutil.rmtree(folder)
            raise
        for old in cache.glob("linux-image-*"):
            if re.fullmatch(kernel.package, old.name) and old != folder:
                shutil.rmtree(old)
    return vmlinuz


def offered(kernel):
    """The packages by a kernel's name, each with how it is downloaded into a folder."""
    if not kernel.archive:
        return {name: download_by_apt for name in names(kernel.package)}
    address, suite = kernel.archive
    packed = read(f"{address}/dists/{suite}/main/binary-amd64/Packages.xz")
    packages = {}
    for text in lzma.decompress(packed).decode().split("\n\n"):
        fields = dict(re.findall(r"^(Package|Filename|SHA256): (.*)$", text, re.MULTILINE))
        if re.fullmatch(kernel.package, fields.get("Package", "")):
            packages[fields["Package"]] = lambda folder, of=fields: download(
                f"{address}/{of['Filename']}", of["SHA256"], folder)
    return packages


def read(url):
    """What lies there."""
    with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:
        return answer.read()


def download(url, digest, folder):
    """A package of an archive, into a folder."""
    try:
        package = read(url)
    except OSError as error:
        raise Unavailable(f"{url}: {error}") from None
    if hashlib.sha256(package).hexdigest() != digest:
        raise Unavailable(f"{url} is not what the archive's list says")
    (folder / url.rpartition("/")[2]).write_bytes(package)


def download_by_apt(folder):
    """A package that apt knows, into a folder of its name."""
    result = subprocess.run(
        ["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", folder.name], cwd=folder, capture_output=True,
        text=True, check=False)
    if result.returncode != 0:
        raise Unavailable(f"apt-get download {folder.name}: {' | '.join(result.stderr.splitlines()[-2:])}")


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


def unpack(folder, fetch):
    """Downloads a package and keeps the kernel in it."""
    folder.mkdir(parents=True, exist_ok=True)
    fetch(folder)
    packages = list(folder.glob("*.deb"))
    if not packages:
        raise Unavailable(f"{folder.name} was not downloaded")
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
