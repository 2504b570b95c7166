"""gatewright serve: set by the environment alone, refused in one line."""

import json
import signal
import socket
import ssl
import time
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from tests.cli.conftest import Start
from tests.cli.process import KEY, SERVE, Running, connect, fetch, get, until
from tests.support.ports import free_port

from gatewright.cli.certificates import LocalTls, ensure_certificates
from gatewright.kernel.clock import SystemClock

ENDS_WITHIN = 5.0
"""Seconds: half of what a stop may take, and several times what it takes while nothing is under way."""


def serve(start: Start, *arguments: str, **environment: str) -> Running:
    return start(*arguments, "serve", **{**SERVE, **environment})


def refusal(running: Running, status: int = 2) -> str:
    """The one line a refused start says."""
    assert running.end() == status, running.errors
    assert len(running.errors) == 1, running.errors
    return running.errors[0]


@pytest.fixture
def tls(tmp_path: Path) -> LocalTls:
    return made(tmp_path)


def made(directory: Path) -> LocalTls:
    return ensure_certificates(directory, ["localhost", "127.0.0.1"], optional=[], now=SystemClock().now())


def tls_settings(tls: LocalTls) -> dict[str, str]:
    return {"GATEWRIGHT_TLS_CERT": str(tls.certificate), "GATEWRIGHT_TLS_KEY": str(tls.key)}


def test_serves_what_is_set(start: Start) -> None:
    """serve takes database and key from the environment, and is not in development mode."""
    port = free_port()
    serve(start, GATEWRIGHT_PORT=str(port)).ready()
    answer = fetch(port)
    assert (answer["database"], answer["key"]) == (SERVE["GATEWRIGHT_DATABASE"], bytes(range(32)).hex())
    assert answer["dev"] is False


@pytest.mark.parametrize("name", ["GATEWRIGHT_ISSUER", "GATEWRIGHT_DATABASE", "GATEWRIGHT_MASTER_KEY"])
def test_missing_setting(start: Start, name: str) -> None:
    """A missing setting ends the start with status 2 and a line that names it and what is wanted."""
    line = refusal(serve(start, **{name: ""}))
    assert line.startswith(f"gatewright: {name}: not set; wanted: ")


def test_wrong_setting(start: Start) -> None:
    """A wrong setting ends the start with a line that tells what was read."""
    line = refusal(serve(start, GATEWRIGHT_PORT="https"))
    assert line == "gatewright: GATEWRIGHT_PORT: read 'https'; wanted: a port number from 0 to 65535"


def test_secrets_are_not_told(start: Start) -> None:
    """A wrong secret is not repeated in the line that refuses it, nor in a traceback."""
    line = refusal(serve(start, GATEWRIGHT_MASTER_KEY="hunter2"))
    assert "hunter2" not in line
    running = serve(start, "--debug", GATEWRIGHT_MASTER_KEY="hunter2")
    assert running.end() == 2
    assert "Traceback" in running.errors[0]
    assert not any("hunter2" in line for line in running.errors)


def test_behind_migrations(start: Start) -> None:
    """A database that is behind is refused with the message of the migrations and status 2."""
    line = refusal(serve(start, TINY_BEHIND="1"))
    assert line == ("gatewright: the database is at revision 3, this version needs 5; run gatewright migrate")


def test_unreachable_database(start: Start) -> None:
    """A database that does not answer is no matter of configuration: status 1."""
    assert refusal(serve(start, TINY_UNREACHABLE="1"), status=1) == (
        "gatewright: the database does not answer"
    )


def test_unexpected_error(start: Start) -> None:
    """An unexpected error is one line, without secrets, status 1; --debug shows where it was."""
    line = refusal(serve(start, TINY_BROKEN="1"), status=1)
    assert line == "gatewright: RuntimeError: password=*** was not accepted (--debug shows where)"
    debugged = serve(start, "--debug", TINY_BROKEN="1")
    assert debugged.end() == 1
    assert any("tiny_platform.py" in line for line in debugged.errors)


def test_port_in_use(start: Start) -> None:
    """A port in use is refused with the name of the setting."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        line = refusal(serve(start, GATEWRIGHT_PORT=str(port)))
    assert line == (
        f"gatewright: GATEWRIGHT_PORT: read {port}, which another program uses on 127.0.0.1;"
        " wanted: a free port"
    )


def test_stopping_while_starting(start: Start) -> None:
    """SIGINT before the server is ready ends it with status 0."""
    running = serve(start, TINY_HANG="1")
    running.wait_for("hanging")
    assert running.stop(signal.SIGINT) == 0


def test_serves_tls(start: Start, tls: LocalTls) -> None:
    """With a certificate and its key HTTPS is served."""
    port = free_port()
    serve(start, GATEWRIGHT_PORT=str(port), **tls_settings(tls)).ready()
    assert fetch(port, host="localhost", authority=tls.authority)["dev"] is False


@pytest.mark.parametrize(
    ("version", "spoken"),
    [
        (ssl.TLSVersion.TLSv1_1, None),
        (ssl.TLSVersion.TLSv1_2, "TLSv1.2"),
        (ssl.TLSVersion.TLSv1_3, "TLSv1.3"),
    ],
)
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated:DeprecationWarning")
def test_tls_versions(start: Start, tls: LocalTls, version: ssl.TLSVersion, spoken: str | None) -> None:
    """TLS 1.2 and 1.3 are spoken, older versions are not."""
    port = free_port()
    serve(start, GATEWRIGHT_PORT=str(port), **tls_settings(tls)).ready()
    context = ssl.create_default_context(cafile=str(tls.authority))
    context.minimum_version = context.maximum_version = version
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with socket.create_connection(("127.0.0.1", port)) as plain:
        try:
            with context.wrap_socket(plain, server_hostname="localhost") as channel:
                assert channel.version() == spoken
        except ssl.SSLError:
            assert spoken is None


def test_tls_resumes_with_any_worker(start: Start, tls: LocalTls) -> None:
    """A TLS session begun with one worker is resumed by every other."""
    port = free_port()
    serve(start, GATEWRIGHT_PORT=str(port), GATEWRIGHT_WORKERS="2", **tls_settings(tls)).ready()
    context = ssl.create_default_context(cafile=str(tls.authority))
    begun_with, session = resumed_by(context, port, None)[0::2]
    seen: set[int] = set()

    def all_seen() -> bool:
        worker, reused, _ = resumed_by(context, port, session)
        assert reused, f"worker {worker} did not resume the session of {begun_with}"
        seen.add(worker)
        return len(seen) == 2

    until(all_seen, "both workers")


def resumed_by(
    context: ssl.SSLContext, port: int, session: ssl.SSLSession | None
) -> tuple[int, bool, ssl.SSLSession]:
    """Which worker answered, whether it resumed ``session``, and the session for next time."""
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        context.wrap_socket(plain, server_hostname="localhost", session=session) as channel,
    ):
        channel.sendall(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        answer = b""
        while part := channel.recv(4096):
            answer += part
        assert channel.session is not None
        worker: int = json.loads(answer.partition(b"\r\n\r\n")[2])["pid"]
        return worker, bool(channel.session_reused), channel.session


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_idle_tls_connections_do_not_delay_the_end(
    start: Start, tls: LocalTls, number: signal.Signals, workers: str
) -> None:
    """Clients that keep TLS connections open and answer no farewell do not hold up the end of the server."""
    port = free_port()
    running = serve(start, GATEWRIGHT_PORT=str(port), GATEWRIGHT_WORKERS=workers, **tls_settings(tls))
    running.ready()
    with ExitStack() as kept:
        for _ in range(8):
            connection = kept.enter_context(closing(connect(port, authority=tls.authority)))
            get(connection)
            assert connection.sock is not None, "the server does not keep connections open"
        began = time.monotonic()
        assert running.stop(number) == 0
        assert time.monotonic() - began < ENDS_WITHIN


def served_certificate(port: int) -> bytes:
    return ssl.get_server_certificate(("127.0.0.1", port)).encode()


def test_certificate_is_reloaded_on_hangup(start: Start, tls: LocalTls, tmp_path: Path) -> None:
    """After SIGHUP the renewed certificate is served, and connections that are open stay open."""
    port = free_port()
    running = serve(start, GATEWRIGHT_PORT=str(port), **tls_settings(tls))
    running.ready()
    with closing(connect(port, authority=tls.authority)) as connection:
        get(connection)
        renewed = renew(tls, tmp_path / "renewed")
        running.process.send_signal(signal.SIGHUP)
        until(lambda: served_certificate(port) == renewed, "the renewed certificate")
        assert get(connection)["dev"] is False


def renew(tls: LocalTls, directory: Path) -> bytes:
    directory.mkdir()
    fresh = made(directory)
    tls.key.write_bytes(fresh.key.read_bytes())
    tls.certificate.write_bytes(fresh.certificate.read_bytes())
    return fresh.certificate.read_bytes()


def test_wrong_certificate_is_not_reloaded(start: Start, tls: LocalTls) -> None:
    """After SIGHUP with a damaged file the old certificate is served on, and the log says why."""
    port = free_port()
    running = serve(start, GATEWRIGHT_PORT=str(port), **tls_settings(tls))
    running.ready()
    before = served_certificate(port)
    tls.certificate.write_bytes(b"-----BEGIN nothing")
    running.process.send_signal(signal.SIGHUP)
    until(lambda: any("certificate not reloaded" in line for line in running.errors), "a line in the log")
    assert served_certificate(port) == before


@pytest.mark.parametrize(
    ("cert", "key", "named"),
    [
        ("missing.pem", "key.pem", "GATEWRIGHT_TLS_CERT"),
        ("cert.pem", "missing.pem", "GATEWRIGHT_TLS_KEY"),
        ("cert.pem", "ca.key", "GATEWRIGHT_TLS_KEY"),
        ("cert.pem", "cert.pem", "GATEWRIGHT_TLS_KEY"),
        ("binary", "key.pem", "GATEWRIGHT_TLS_CERT"),
    ],
)
def test_wrong_tls_files(
    start: Start, tls: LocalTls, tmp_path: Path, cert: str, key: str, named: str
) -> None:
    """A certificate or key that is missing, foreign or no PEM is refused by name."""
    (tmp_path / "binary").write_bytes(b"\x30\x82\xff")
    files = {"GATEWRIGHT_TLS_CERT": str(tmp_path / cert), "GATEWRIGHT_TLS_KEY": str(tmp_path / key)}
    line = refusal(serve(start, GATEWRIGHT_PORT="0", **files))
    assert line.startswith(f"gatewright: {named}: read '{tmp_path}")


def test_certificate_needs_its_key(start: Start, tls: LocalTls) -> None:
    """A certificate without a key is refused, and the missing setting named."""
    line = refusal(serve(start, GATEWRIGHT_TLS_CERT=str(tls.certificate)))
    assert line.startswith("gatewright: GATEWRIGHT_TLS_KEY: not set; wanted: ")


def test_master_key_from_a_file(start: Start, tmp_path: Path) -> None:
    """GATEWRIGHT_MASTER_KEY_FILE names the file that holds the key."""
    (tmp_path / "key").write_text(f"{KEY}\n")
    port = free_port()
    settings = {"GATEWRIGHT_MASTER_KEY": "", "GATEWRIGHT_MASTER_KEY_FILE": str(tmp_path / "key")}
    serve(start, GATEWRIGHT_PORT=str(port), **settings).ready()
    assert fetch(port)["key"] == bytes(range(32)).hex()


def test_answers_name_no_software(start: Start) -> None:
    """Answers carry a date and no server header."""
    port = free_port()
    serve(start, GATEWRIGHT_PORT=str(port)).ready()
    with closing(connect(port, host="127.0.0.1")) as connection:
        connection.request("GET", "/")
        answer = connection.getresponse()
        answer.read()
    assert answer.getheader("server") is None
    assert (answer.getheader("date") or "").endswith(" GMT")


def test_forwarded_headers_are_not_believed(start: Start) -> None:
    """The server itself believes no forwarded header, not even from this machine."""
    port = free_port()
    serve(start, GATEWRIGHT_PORT=str(port)).ready()
    with closing(connect(port, host="127.0.0.1")) as connection:
        connection.request("GET", "/", headers={"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https"})
        assert json.loads(connection.getresponse().read())["client"] == "127.0.0.1"
