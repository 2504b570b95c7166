"""An application on this machine that people come back to: it shows what it received."""

import html
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Shows the path's name and each parameter."""
        parts = urlsplit(self.path)
        found = dict(parse_qsl(parts.query))
        rows = "".join(
            f'<dt>{html.escape(k)}</dt><dd id="{html.escape(k)}">{html.escape(v)}</dd>'
            for k, v in found.items()
        )
        title = "Received" if parts.path == "/callback" else "Home"
        self._show(
            f'<!doctype html><html lang="en"><title>{title}</title><h1>{title}</h1><dl>{rows}</dl></html>'
        )

    def _show(self, page: str) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(page.encode())

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Says nothing."""


class Application(ThreadingHTTPServer):
    """Has its address from the start, so that the server's tenant file can name it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("localhost", 0), _Handler)
        self.origin = f"http://localhost:{self.server_port}"

    @contextmanager
    def serving(self) -> Iterator["Application"]:
        """Answers until left."""
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield self
        finally:
            self.shutdown()
            thread.join()
            self.server_close()
