"""The bounds on requests: size of a head, number of headers, slowness."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest
from tests.cli.conftest import Start
from tests.cli.process import SERVE, free_port

from gatewright.cli import http_protocol
from gatewright.cli.http_protocol import MAX_HEAD, MAX_HEADERS

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
    """A head of many kilobytes and headers within the bounds is answered."""
    headers = b"".join(b"x-%d: %s\r\n" % (number, b"v" * 300) for number in range(MAX_HEADERS - 3))
    assert status(exchange(port, HEAD + headers + b"connection: close\r\n\r\n")) == 200


def test_too_many_headers(port: int) -> None:
    """One header more than allowed is answered 431."""
    headers = b"".join(b"x: y\r\n" for _ in range(MAX_HEADERS))
    assert status(exchange(port, HEAD + headers + b"\r\n")) == 431


@pytest.mark.parametrize("shape", [b"x: %s", b"GET /%s"], ids=["endless header", "endless target"])
def test_endless_heads(port: int, shape: bytes) -> None:
    """A head that never ends is cut off with 431 soon after 64 KiB."""
    start = HEAD + b"x: " if shape.startswith(b"x") else b"GET /"
    answer = exchange(port, start, *(b"a" * 4096 for _ in range(MAX_HEAD // 4096 + 1)))
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
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server in this process would wait a fifth of a second."""
    monkeypatch.setattr(http_protocol, "RECEIVE_WITHIN", 0.2)
    yield
