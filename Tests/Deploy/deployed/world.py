"""What a test of deployments has at hand."""
import secrets
import subprocess
import time

from harness import patience
from harness.process import Failure
from harness.world import AgentWorld

from . import image

START_TIMEOUT_S = 40


class World(AgentWorld):
    """A test's own."""

    def container(self, arguments, **options):
        """The agent in a container of the image, capturing."""
        process = self.process("container", image.run(image.root(self.binary), arguments, **options))
        process.wait_for(process.err, "capture active", START_TIMEOUT_S)
        return process

    def namespace(self):
        """A network namespace of its own, with loopback up; its name."""
        name = f"interspan-{secrets.token_hex(4)}"
        subprocess.run(["ip", "netns", "add", name], check=True)
        self._stack.callback(subprocess.run, ["ip", "netns", "delete", name], check=False)
        subprocess.run(["ip", "-n", name, "link", "set", "lo", "up"], check=True)
        return name

    def nginx_in(self, namespace, port):
        """An nginx that listens in a namespace alone."""
        folder = self.folder / "nginx"
        folder.mkdir()
        (folder / "nginx.conf").write_text(
            f"daemon off; pid {folder}/pid; error_log {folder}/error.log;\nevents {{}}\n"
            f"http {{ access_log off; server {{ listen 127.0.0.1:{port}; location / {{ return 200 done; }} }} }}\n")
        return self.process("nginx", ["ip", "netns", "exec", namespace, "nginx", "-c", folder / "nginx.conf"])

    def ask(self, namespace, url, count):
        """Asks there, so often, each time for another path below a URL."""
        urls = [f"{url}/{number}" for number in range(count)]
        end = patience.now() + START_TIMEOUT_S
        while True:
            asked = subprocess.run(
                ["ip", "netns", "exec", namespace, "curl", "--silent", "--fail", *urls], timeout=START_TIMEOUT_S,
                stdout=subprocess.DEVNULL)
            if asked.returncode == 0:
                return
            if asked.returncode != 7 or patience.now() > end:
                raise Failure(f"curl ended with {asked.returncode}")
            time.sleep(0.1)
