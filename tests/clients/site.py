"""The static site that serves the single-page applications and, unmodified, the libraries they use."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.clients.bundles import PACKAGES, bundles

APPS = Path(__file__).with_name("apps")
LIBRARIES = "/libraries/"
SHIPPED = {
    "auth0-spa-js.js": "@auth0/auth0-spa-js/dist/auth0-spa-js.production.js",
    "auth0.js": "auth0-js/dist/auth0.min.js",
    "angular.js": "angular/angular.js",
    "angular-cookies.js": "angular-cookies/angular-cookies.js",
    "angular-jwt.js": "angular-jwt/dist/angular-jwt.js",
    "angular-route.js": "angular-route/angular-route.js",
    "auth0-angular-4.0.js": "auth0-angular-4.0/build/auth0-angular.js",
    "auth0-angular-4.2.js": "auth0-angular-4.2/build/auth0-angular.js",
}
"""Libraries that their packages hold as a browser takes them. The others are bundled."""


class _Handler(SimpleHTTPRequestHandler):
    def translate_path(self, path: str) -> str:
        if not path.startswith(LIBRARIES):
            return super().translate_path(path)
        name = path.removeprefix(LIBRARIES)
        return str(PACKAGES / SHIPPED[name] if name in SHIPPED else bundles() / Path(name).name)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Says nothing."""

    def end_headers(self) -> None:
        self.send_header("cache-control", "no-cache")
        super().end_headers()


class Site(ThreadingHTTPServer):
    """Has its address from the start; serves between ``serving``."""

    daemon_threads = True

    def __init__(self, scheme: str) -> None:
        super().__init__(("localhost", 0), partial(_Handler, directory=str(APPS)))
        self.origin = f"{scheme}://localhost:{self.server_port}"

    @contextmanager
    def serving(self, tls: ssl.SSLContext | None = None) -> Iterator[str]:
        """Serves, over TLS if given; gives the origin."""
        if tls is not None:
            # Hands are shaken by the thread of a connection, lest a slow one keeps others out.
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield self.origin
        finally:
            self.shutdown()
            thread.join()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing of connections a browser gave up."""


def certificate(folder: Path) -> ssl.SSLContext:
    """The local certificate that a development server made in its data directory."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context
