"""Log lines: one JSON object each, no secrets, libraries included."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any, Literal

import pytest
import structlog

from gatewright.cli.structured_logs import configure_logs
from gatewright.settings import Logging

Level = Literal["debug", "info", "warning", "error"]

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhdXRoMHwxIn0.c2lnbmF0dXJl"


class Log:
    """What was written, by a process set up like a server."""

    def __init__(self, level: Level = "info", form: Literal["json", "console"] = "json") -> None:
        self._bytes = io.BytesIO()
        self._stream = io.TextIOWrapper(self._bytes, write_through=True)
        configure_logs(Logging(level=level, format=form), self._stream)

    @property
    def text(self) -> str:
        return self._bytes.getvalue().decode()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level
    for name in ("asyncio", "uvicorn.error", "httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.NOTSET)


def test_a_line_is_a_json_object() -> None:
    """A line carries its time in UTC, its level, its event and its values."""
    log = Log()
    structlog.get_logger().info("user signed in", user="auth0|1", tries=2)
    (line,) = log.lines
    assert line.pop("at").endswith("Z")
    assert line == {"event": "user signed in", "level": "info", "user": "auth0|1", "tries": 2}


def test_libraries_write_the_same_lines() -> None:
    """A line of the standard library's logging is the same kind of object, with the logger's name."""
    log = Log()
    logging.getLogger("some.library").warning("disk %s", "full")
    (line,) = log.lines
    assert (line["event"], line["level"], line["logger"]) == ("disk full", "warning", "some.library")


def test_lower_levels_are_silent() -> None:
    """What is below the level is not written, and does not even look at its values."""

    class Untouchable:
        def __repr__(self) -> str:
            raise AssertionError

    log = Log("warning")
    structlog.get_logger().info("unimportant", value=Untouchable())
    logging.getLogger("some.library").info("unimportant")
    assert log.text == ""


def test_chatty_libraries_are_quiet() -> None:
    """Libraries that tell every request are heard from warnings on, and in full when debugging."""
    log = Log("info")
    logging.getLogger("httpx2").info("GET https://idp.example.com/?code=1")
    assert log.text == ""
    log = Log("debug")
    logging.getLogger("httpx2").info("GET done")
    assert len(log.lines) == 1


@pytest.mark.parametrize(
    "name",
    [
        "password", "client_secret", "code", "code_verifier", "refresh_token", "access_token", "id_token",
        "authorization", "cookie", "set_cookie", "query_string", "form", "assertion", "otp", "master_key",
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["json", "console"])
def test_secret_names_are_masked(name: str, form: Literal["json", "console"]) -> None:
    """A value under a secret's name is masked, at the top and inside."""
    log = Log(form=form)
    structlog.get_logger().info("asked", **{name: "hunter2"}, headers={name.title(): "hunter2"})
    assert "hunter2" not in log.text
    assert "***" in log.text


@pytest.mark.parametrize(
    "text",
    [
        "https://app.example.com/callback?code=hunter2&state=hunter2",
        "/authorize?login_hint=hunter2",
        "/u/login?hunter2",
        f"/x?id_token_hint={TOKEN}",
    ],
)
def test_query_strings_are_cut(text: str) -> None:
    """A query string is never written, whatever the name of the value that has it."""
    log = Log()
    structlog.get_logger().info("redirected", to=text)
    logging.getLogger("some.library").warning("redirected to %s", text)
    assert "hunter2" not in log.text
    assert TOKEN not in log.text
    assert log.lines[0]["to"].endswith("?***")


@pytest.mark.parametrize(
    "text",
    [
        f"Bearer {TOKEN}",
        "Authorization: Basic aHVudGVyMg==",
        "client_secret=hunter2",
        "{'refresh_token': 'hunter2'}",
        "postgresql://app:hunter2@db/app",
        "code=hunter2 was spent",
    ],
)
def test_exceptions_are_scrubbed(text: str) -> None:
    """Tokens, passwords and secret pairs in an exception's message do not reach the log."""
    for form in ("json", "console"):
        log = Log(form=form)
        try:
            raise ValueError(text)
        except ValueError:
            structlog.get_logger().exception("failed")
            logging.getLogger("some.library").exception("failed")
        assert log.text.count("ValueError") >= 2
        for secret in ("hunter2", "aHVudGVyMg", TOKEN):
            assert secret not in log.text


def test_console_lines_are_for_people() -> None:
    """In console format a line is text, without colour when the stream is no terminal."""
    log = Log(form="console")
    structlog.get_logger().info("user signed in", user="auth0|1")
    assert "user signed in" in log.text
    assert "\x1b" not in log.text


def test_any_value_can_be_written() -> None:
    """A value JSON does not know is written as Python shows it, and never breaks the caller."""
    log = Log()
    structlog.get_logger().info("odd", value={1, 2}, keys={3: object()})
    assert log.lines[0]["value"] == "{1, 2}"
