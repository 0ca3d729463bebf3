"""What is found out goes over a serial line of its own, where the kernel does not write: a JSON line for each finding.
The line is slow under emulation, so findings are compressed."""
import base64
import json
import os
import tty
import zlib


class Report:
    """The serial line, seen from inside."""

    def __init__(self, device):
        # Not the machine's controlling terminal: nothing that comes in may be a signal.
        self.line = os.open(device, os.O_WRONLY | os.O_NOCTTY)
        tty.setraw(self.line)

    def say(self, name, value):
        """One finding."""
        text = json.dumps([name, base64.b64encode(zlib.compress(json.dumps(value).encode())).decode()]) + "\n"
        data = memoryview(text.encode())
        while data:
            data = data[os.write(self.line, data):]

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.say("end", None)
        # Closing waits until everything has left.
        os.close(self.line)


def read(text):
    """The findings of a line's whole text, by name; what was cut off at its end is left out."""
    findings = {}
    for line in text.splitlines(keepends=True):
        if line.endswith("\n"):
            name, value = json.loads(line)
            findings[name] = json.loads(zlib.decompress(base64.b64decode(value)))
    return findings
