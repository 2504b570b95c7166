"""A web server on loopback that remembers what it was sent, over TLS or without."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECONDS = 30.0


@dataclass(frozen=True)
class Received:
    """One request. Names of headers are in small letters."""

    method: str
    path: str
    headers: dict[str, str]
    content: bytes


@dataclass
class Receiver:
    """What came, and how to answer: ``answer`` is called with the handler, and writes whatever it likes."""

    port: int = 0
    scheme: str = "http"
    received: list[Received] = field(default_factory=list)
    answer: Callable[[Any], None] = lambda handler: answered(handler, 204)
    came: threading.Condition = field(default_factory=threading.Condition)

    def url(self, path: str = "/hook", *, host: str = "localhost") -> str:
        """Its address under a name."""
        return f"{self.scheme}://{host}:{self.port}{path}"

    def wait_for(self, is_enough: Callable[[list[Received]], bool]) -> list[Received]:
        """What came, as soon as it is enough."""
        with self.came:
            assert self.came.wait_for(lambda: is_enough(self.received), SECONDS), self.received
            return list(self.received)


def answered(handler: Any, status: int, content: bytes = b"", **headers: str) -> None:
    """A whole answer."""
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


@contextmanager
def receiver(tls: ssl.SSLContext | None = None, *, address: str = "127.0.0.1") -> Iterator[Receiver]:
    """A server that runs until the block ends."""
    made = Receiver(scheme="https" if tls else "http")

    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            length = int(self.headers.get("content-length", "0"))
            headers = {name.lower(): value for name, value in self.headers.items()}
            with made.came:
                made.received.append(Received(self.command, self.path, headers, self.rfile.read(length)))
                made.came.notify_all()
            made.answer(self)

        do_GET = do_POST = _take  # noqa: N815 - names of the library

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
            return

    class Server(ThreadingHTTPServer):
        def get_request(self) -> Any:
            connection, peer = super().get_request()
            if tls is not None:
                connection = tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
            return connection, peer

        def handle_error(self, request: Any, client_address: Any) -> None:
            return  # a client that does not trust us, or hangs up, is what tests are about

    with Server((address, 0), Handler) as server:
        made.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join(SECONDS)
