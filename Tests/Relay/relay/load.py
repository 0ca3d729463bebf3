"""Load as SDKs make it: senders that keep a request until it is acknowledged, and wait as long as they are asked to."""
import http.client
import threading
import time

from harness import patience
from harness.process import Failure

from . import make
from .sender import GRPCSender, HTTPSender, is_taken

# What an SDK sends again; anything else it gives up.
RETRIED = {429, 502, 503, 504, "CANCELLED", "DEADLINE_EXCEEDED", "ABORTED", "OUT_OF_RANGE", "UNAVAILABLE", "DATA_LOSS",
           "RESOURCE_EXHAUSTED"}


class Load:
    """Threads that send by HTTP and gRPC in turn until they are told to stop; each has one request under way."""

    def __init__(self, agent, senders=4, spans=20, pause=0.005, size=0):
        self.agent, self.spans, self.pause, self.size = agent, spans, pause, size
        self.acknowledged, self.refused, self.unanswered, self.given_up = [], 0, 0, []
        self._lock, self._over = threading.Lock(), threading.Event()
        self._threads = [threading.Thread(target=self._send, args=(number,), daemon=True) for number in range(senders)]
        for thread in self._threads:
            thread.start()

    def use(self, agent):
        """Sends to another agent from now on."""
        self.agent = agent

    def stop(self, timeout=30.0):
        """Ends it: what is not acknowledged by now is not sent again."""
        self._over.set()
        for thread in self._threads:
            thread.join(timeout)
            if thread.is_alive():
                raise Failure(f"a sender still waits for an answer after {timeout:.0f} s")
        if self.given_up:
            raise Failure(f"{len(self.given_up)} requests were answered with what SDKs give up at: {self.given_up[:3]}")
        return self

    def _send(self, number):
        agent = sender = None
        while not self._over.is_set():
            request, ids = make.traces(self.spans, size=self.size)
            body = request.SerializeToString()
            while not self._over.is_set():
                if agent is not self.agent:
                    agent = self.agent
                    if sender:
                        sender.close()
                    sender = GRPCSender(agent.grpc_port) if number % 2 else HTTPSender(agent.http_port)
                if self._once(sender, body, ids):
                    break
            self._over.wait(self.pause)
        if sender:
            sender.close()

    def _once(self, sender, body, ids):
        """Sends a request once; whether that is the end of it."""
        try:
            answer = sender.export(body)
        except (OSError, http.client.HTTPException):
            with self._lock:
                self.unanswered += 1
            self._over.wait(0.05)
            return False
        with self._lock:
            if is_taken(answer):
                self.acknowledged += ids
                return True
            if answer.status not in RETRIED:
                self.given_up.append((answer.status, answer.body[:100]))
                return True
            self.refused += 1
        self._over.wait(0.1 if answer.wait is None else answer.wait)
        return False


def wait_until(condition, what, timeout=15.0):
    """Waits until something holds."""
    end = patience.now() + timeout
    while not condition():
        if patience.now() > end:
            raise Failure(f"{what}: not within {timeout:.0f} s")
        time.sleep(0.02)
