"""A ramdisk as the kernel reads it: cpio in the `newc` format (Documentation/driver-api/early-userspace/
buffer-format.rst), of which several may stand one after the other."""
import pathlib
import stat


class Archive:
    """A ramdisk's file, written from its beginning to its end."""

    def __init__(self, file):
        self.file, self.inode, self.folders = file, 0, set()

    def add(self, path, source):
        """A file of this machine, links followed. Its time is kept: Python's compiled files depend on it."""
        source = pathlib.Path(source)
        status = source.stat()
        self.add_bytes(path, source.read_bytes(), status.st_mode & 0o777, int(status.st_mtime))

    def add_bytes(self, path, data, mode=0o644, time=0):
        """A file."""
        self._add_folders(path)
        self._entry(path, stat.S_IFREG | mode, data, time)

    def _add_folders(self, path):
        for folder in reversed(pathlib.PurePosixPath(path).parents):
            name = str(folder)
            if name != "/" and name not in self.folders:
                self.folders.add(name)
                self._entry(name, stat.S_IFDIR | 0o755, b"", 0)

    def _entry(self, path, mode, data, time, links=1):
        self.inode += 1
        name = str(path).lstrip("/").encode() + b"\0"
        fields = [self.inode, mode, 0, 0, links, time, len(data), 0, 0, 0, 0, len(name), 0]
        self.file.write(b"070701" + b"".join(b"%08x" % field for field in fields) + name)
        self._pad()
        self.file.write(data)
        self._pad()

    def _pad(self):
        self.file.write(bytes(-self.file.tell() % 4))

    def close(self):
        """Marks its end."""
        self._entry("TRAILER!!!", 0, b"", 0)
