"""The outbound door, against a real server on the loopback interface."""

import asyncio
import json
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gatewright_guard import Guard, _fetch, errors
from gatewright_guard.testing import Mint


class Answers(BaseHTTPRequestHandler):
    """Serves what the test put into the server's ``pages``."""

    def do_GET(self):
        status, body, headers = self.server.pages.get(self.path, (404, b"", {}))
        self.server.asked.append(self.path)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        server.pages, server.asked = {}, []
        server.handle_error = lambda *_: None  # clients that hang up are what is tested
        server.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(params=["httpx2", "thread", "sync"])
def fetch(request, monkeypatch):
    """Each of the three ways out."""
    if request.param == "thread":
        monkeypatch.setattr(_fetch, "find_spec", lambda _: None)
    if request.param == "sync":
        return _fetch.fetch_sync
    return lambda url: asyncio.run(_fetch.fetch(url))


def test_body(fetch, server):
    """The body of a 200 answer is given back."""
    server.pages["/x"] = (200, b'{"a":1}', {})
    assert fetch(f"{server.url}/x") == b'{"a":1}'


@pytest.mark.parametrize("status", [204, 400, 404, 500, 503])
def test_other_status(fetch, server, status):
    """Any answer but 200 is a failure that names the status."""
    server.pages["/x"] = (status, b"", {})
    with pytest.raises(_fetch.FetchFailed, match=f"answered {status}"):
        fetch(f"{server.url}/x")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(fetch, server, status):
    """A redirect is a failure, and nobody is asked where it points."""
    server.pages["/x"] = (status, b"", {"Location": f"{server.url}/y"})
    server.pages["/y"] = (200, b"{}", {})
    with pytest.raises(_fetch.FetchFailed, match=f"answered {status}"):
        fetch(f"{server.url}/x")
    assert server.asked == ["/x"]


def test_endless_body(fetch, server):
    """Of an overlong body not much more is read than the limit."""
    server.pages["/x"] = (200, b" " * 5_000_000, {})
    assert 256 * 1024 < len(fetch(f"{server.url}/x")) < 1_000_000


@pytest.fixture
def certificate(tmp_path):
    """A certificate for 127.0.0.1 that nobody trusts yet, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    here = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    today = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    path = tmp_path / "certificate.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(signed.public_bytes(Encoding.PEM) + secret)
    return path


@pytest.fixture
def tls_server(server, certificate):
    """The same server over TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.url = server.url.replace("http://", "https://")
    server.pages["/x"] = (200, b"{}", {})
    return server


def test_untrusted_certificate(fetch, tls_server):
    """A server whose certificate nobody vouches for gives no keys."""
    with pytest.raises(Exception, match="certificate verify failed"):
        fetch(f"{tls_server.url}/x")
    assert tls_server.asked == []


def test_trusted_certificate(fetch, tls_server, certificate, monkeypatch):
    """A private certificate authority is trusted by SSL_CERT_FILE."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    if fetch is _fetch.fetch_sync:
        monkeypatch.setattr(_fetch, "_OPENER", _fetch.build_opener(_fetch._StayHere))
    assert fetch(f"{tls_server.url}/x") == b"{}"


def test_slow_server(fetch, monkeypatch):
    """A server that never answers is given up on."""
    monkeypatch.setattr(_fetch, "TIMEOUT", 0.2)
    silent = ThreadingHTTPServer(("127.0.0.1", 0), Answers)  # accepts connections, and serves none
    try:
        with pytest.raises((TimeoutError, OSError)):
            fetch(f"http://127.0.0.1:{silent.server_port}/x")
    finally:
        silent.server_close()


def test_slow_body(monkeypatch):
    """A body that drips for ever is given up on."""
    monkeypatch.setattr(_fetch, "TIMEOUT", -1)

    class Dripping:
        def read1(self, _):
            return b"x"

    with pytest.raises(_fetch.FetchFailed, match="longer than"):
        _fetch._read(Dripping(), 0)


@pytest.mark.parametrize("way", ["httpx2", "thread", "sync"])
def test_guard_of_a_real_issuer(server, monkeypatch, way):
    """A guard that is told nothing but issuer and audience finds the keys by itself."""
    mint = Mint(issuer=f"{server.url}/", audience="https://api.test/")
    discovery = {"issuer": mint.issuer, "jwks_uri": f"{server.url}/jwks"}
    server.pages["/.well-known/openid-configuration"] = (200, json.dumps(discovery).encode(), {})
    server.pages["/jwks"] = (200, json.dumps(mint.jwks).encode(), {})
    guard = Guard(issuer=mint.issuer, audience=mint.audience)
    if way == "thread":
        monkeypatch.setattr(_fetch, "find_spec", lambda _: None)
    if way == "sync":
        assert guard.verify_sync(mint.token()).subject == "auth0|test-user"
        return
    assert asyncio.run(guard.verify(mint.token())).subject == "auth0|test-user"


def test_guard_of_an_absent_issuer():
    """A guard whose issuer does not answer answers 503 with Retry-After."""
    guard = Guard(issuer="http://127.0.0.1:9/", audience="https://api.test/")
    mint = Mint(issuer="http://127.0.0.1:9/", audience="https://api.test/")
    with pytest.raises(errors.KeysUnavailable) as refusal:
        guard.verify_sync(mint.token())
    assert refusal.value.status == 503
    assert ("Retry-After", "2") in refusal.value.headers
