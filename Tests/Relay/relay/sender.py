"""Senders of raw requests: they say what was answered, and leave what to make of it to the test."""
import collections
import gzip
import http.client

import grpc
from google.rpc import error_details_pb2, status_pb2

METHODS = {
    "traces": "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    "metrics": "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
    "logs": "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
}
# Of every request here: an agent that does not answer fails a test rather than holding it up.
TIMEOUT_S = 10.0

# status: HTTP's number or gRPC's name; wait: the seconds that the answer asks to wait, None if it does not.
Answer = collections.namedtuple("Answer", "status wait body headers")


class HTTPSender:
    """OTLP/HTTP over one connection that is kept."""

    def __init__(self, port, context=None):
        if context:
            self.connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=TIMEOUT_S, context=context)
        else:
            self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)

    def export(self, body, signal="traces", content_type="application/x-protobuf", compress=False, path=None,
               **headers):
        """Sends a request; raises OSError or http.client.HTTPException if there is no answer."""
        fields = {"Content-Type": content_type, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if compress:
            body, fields["Content-Encoding"] = gzip.compress(body), "gzip"
        try:
            try:
                self.connection.request("POST", path or f"/v1/{signal}", body, fields)
            except BrokenPipeError:
                # The answer came before all of the request was read.
                pass
            response = self.connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            raise
        found = {name.lower(): value for name, value in response.getheaders()}
        wait = float(found["retry-after"]) if found.get("retry-after", "").isdigit() else None
        return Answer(response.status, wait, content, found)

    def close(self):
        """Closes the connection."""
        self.connection.close()


class GRPCSender:
    """OTLP/gRPC over one channel. An answer's status is the name of its code, `UNAVAILABLE` also without any."""

    def __init__(self, port, credentials=None):
        options = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1),
                   ("grpc.initial_reconnect_backoff_ms", 50), ("grpc.max_reconnect_backoff_ms", 100),
                   ("grpc.use_local_subchannel_pool", 1), ("grpc.enable_retries", 0)]
        target = f"127.0.0.1:{port}"
        self.channel = grpc.secure_channel(target, credentials, options) if credentials \
            else grpc.insecure_channel(target, options)

    def export(self, body, signal="traces", compress=False, method=None):
        """Sends a request."""
        call = self.channel.unary_unary(method or METHODS[signal])
        compression = grpc.Compression.Gzip if compress else grpc.Compression.NoCompression
        try:
            content = call(body, timeout=TIMEOUT_S, compression=compression)
            return Answer("OK", None, content, {})
        except grpc.RpcError as error:
            trailers = dict(error.trailing_metadata() or ())
            return Answer(error.code().name, retry_delay(trailers), error.details().encode(), trailers)

    def close(self):
        """Closes the channel."""
        self.channel.close()


def retry_delay(trailers):
    """The seconds that a RetryInfo asks to wait; None without one."""
    status = status_pb2.Status.FromString(trailers.get("grpc-status-details-bin", b""))
    for detail in status.details:
        info = error_details_pb2.RetryInfo()
        if detail.Unpack(info):
            return info.retry_delay.seconds + info.retry_delay.nanos / 1e9
    return None


def is_taken(answer):
    """Whether an answer acknowledges."""
    return answer.status in (200, "OK")
