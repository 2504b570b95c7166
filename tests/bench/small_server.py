"""A very small authorization server in a thread: what the browser and the load generator are tried on."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bench.targets import CodeRequest, Credentials, Target

CALLBACK = "http://127.0.0.1:9/callback"
PAGE = '<form method="post" action="/login"><input name="user"><input type="password" name="secret"></form>'


@dataclass
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, list[str]]
    form: dict[str, list[str]]
    headers: dict[str, str]


@dataclass
class Reply:
    """What to answer; `chunks` instead of a body sends it chunked."""

    status: int = 200
    body: bytes = b"{}"
    headers: list[tuple[str, str]] = field(default_factory=list)
    chunks: list[bytes] = field(default_factory=list)


Behaviour = Callable[[Seen], Reply]


def _handler(behaviour: Behaviour) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            seen = Seen(self.command, parts.path, parse_qs(parts.query), parse_qs(body), headers)
            self._send(behaviour(seen))

        def _send(self, reply: Reply) -> None:
            self.send_response(reply.status)
            for name, value in reply.headers:
                self.send_header(name, value)
            if reply.chunks:
                self.send_header("Transfer-Encoding", "chunked")
            else:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            for chunk in reply.chunks:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            self.wfile.write(b"0\r\n\r\n" if reply.chunks else reply.body)

        do_GET = do_POST = _answer  # noqa: N815

        def log_message(self, *said: object) -> None:
            """Say nothing."""

    return Handler


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no event."""


@contextmanager
def served(behaviour: Behaviour) -> Iterator[Target]:
    """Serve `behaviour` on a free port, and describe it as a target."""
    server = _Quiet(("127.0.0.1", 0), _handler(behaviour))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    client, plain = Credentials("c", "s", CALLBACK), CodeRequest("openid")
    try:
        yield Target(
            name="small",
            title="small",
            base_url=f"http://127.0.0.1:{server.server_address[1]}",
            folder=Path.cwd(),
            start="",
            client=client,
            user="ada",
            password="pw",
            code=plain,
            userinfo=plain,
            introspect=plain,
            client_credentials={},
            refresh={},
            machine_client=client,
            introspecting_client=client,
        )
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
