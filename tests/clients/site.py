"""The static site that serves the single-page applications and, unmodified, the libraries they use."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

APPS = Path(__file__).with_name("apps")
PACKAGES = Path(__file__).parents[2] / "node_modules"
LIBRARIES = {
    "/libraries/auth0-spa-js.js": PACKAGES / "@auth0/auth0-spa-js/dist/auth0-spa-js.production.js",
    "/libraries/auth0.js": PACKAGES / "auth0-js/dist/auth0.min.js",
}


class _Handler(SimpleHTTPRequestHandler):
    def translate_path(self, path: str) -> str:
        library = LIBRARIES.get(path)
        return str(library) if library else super().translate_path(path)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@contextmanager
def static_site() -> Iterator[str]:
    """Serves the site on a free port; gives its origin."""
    with ThreadingHTTPServer(("localhost", 0), partial(_Handler, directory=str(APPS))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
