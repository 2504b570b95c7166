"""The bounds on requests: size of a head, slowness."""

import socket
from contextlib import closing

import pytest
from tests.cli.conftest import Start
from tests.cli.process import SERVE, connect, get
from tests.support.ports import free_port

from gatewright.cli.http_protocol import MAX_HEAD

HEAD = b"GET / HTTP/1.1\r\nhost: x\r\n"


@pytest.fixture
def port(start: Start) -> int:
    found = free_port()
    start("serve", **{**SERVE, "GATEWRIGHT_PORT": str(found)}).ready()
    return found


def exchange(port: int, *parts: bytes) -> bytes:
    """What the server answers until it closes; it may close before everything is sent."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=20)) as connection:
        answer = b""
        try:
            for part in parts:
                connection.sendall(part)
            while received := connection.recv(65536):
                answer += received
        except ConnectionError:
            pass
        return answer


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def test_ordinary_heads_pass(port: int) -> None:
    """A head of many headers and kilobytes within the bound is answered."""
    headers = b"".join(b"x-%d: %s\r\n" % (number, b"v" * 300) for number in range(100))
    assert status(exchange(port, HEAD + headers + b"connection: close\r\n\r\n")) == 200


@pytest.mark.parametrize("shape", [b"x: %s", b"GET /%s"], ids=["endless header", "endless target"])
def test_endless_heads(port: int, shape: bytes) -> None:
    """A head that never ends is cut off with 431."""
    start = HEAD + b"x: " if shape.startswith(b"x") else b"GET /"
    answer = exchange(port, start, *(b"a" * 4096 for _ in range((MAX_HEAD + 300_000) // 4096)))
    assert status(answer) == 431


def test_head_in_pieces(port: int) -> None:
    """A head that arrives byte by byte is one head."""
    answer = exchange(port, *(bytes([byte]) for byte in HEAD + b"connection: close\r\n\r\n"))
    assert status(answer) == 200


def test_sizes_are_of_one_request(port: int) -> None:
    """Heads on one connection are counted one by one, not together."""
    head = HEAD + b"x: " + b"v" * (MAX_HEAD // 3) + b"\r\n"
    answer = exchange(port, *[head + b"\r\n"] * 5, head + b"connection: close\r\n\r\n")
    assert answer.count(b"HTTP/1.1 200") == 6


def test_bodies_are_not_heads(port: int) -> None:
    """A body larger than any head is left to the application."""
    size = 4 * MAX_HEAD
    head = b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % size
    assert exchange(port, head, b"b" * size).endswith(b"\r\n\r\n%d" % size)


def test_garbage(port: int) -> None:
    """What is not HTTP is answered 400."""
    assert status(exchange(port, b"\x16\x03\x01 hello\r\n\r\n")) == 400


@pytest.fixture
def impatient(start: Start) -> int:
    """The port of a server that waits a third of a second instead of a minute."""
    found = free_port()
    start("serve", **{**SERVE, "GATEWRIGHT_PORT": str(found), "TINY_PATIENCE": "0.3"}).ready()
    return found


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET / HT", HEAD, b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf"],
    ids=["nothing", "half a line", "half a head", "half a body"],
)
def test_unfinished_requests_end(impatient: int, sent: bytes) -> None:
    """A request that is not finished in time is answered 408 and its connection closed."""
    assert status(exchange(impatient, sent)) == 408


@pytest.mark.alone
def test_second_request_is_timed_as_well(impatient: int) -> None:
    """The time for a later request of a connection begins with its first byte."""
    assert exchange(impatient, HEAD + b"\r\n" + HEAD).count(b"HTTP/1.1 408") == 1


@pytest.mark.alone
def test_slow_answers_are_not_slow_requests(impatient: int) -> None:
    """An application that takes longer than a client may is waited for."""
    head = b"GET /slow?seconds=1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
    assert exchange(impatient, head).endswith(b"done")


@pytest.mark.alone
def test_idle_connections_are_kept(impatient: int) -> None:
    """A connection that is idle between two requests outlives the time for one request."""
    with closing(connect(impatient, host="127.0.0.1")) as connection:
        first = get(connection)["pid"]
        exchange(impatient, b"")  # another connection runs out of time meanwhile
        kept = connection.sock
        assert get(connection)["pid"] == first
        assert connection.sock is kept
