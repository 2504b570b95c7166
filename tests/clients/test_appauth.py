"""AppAuth for Node as a native application: a loopback redirect on whatever port is free, PKCE, no secret."""

import json
import os
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.clients.tenant import TIMESHEETS
from tests.clients.visitor import Visitor
from tests.clients.web_apps import APPS
from tests.storage.polling import DEADLINE
from tests.support.gatewright_dev import GatewrightDev
from tests.support.ports import free_port
from tests.support.world import claims_of

pytestmark = pytest.mark.library(
    "@openid/appauth", "AuthorizationRequest", "BaseTokenRequestHandler", "revocation"
)

# What the library runs to open the person's browser: it tells the address to the test.
BROWSER = '#!/bin/sh\nprintf %s "$1" > "$OPENED.new" && mv "$OPENED.new" "$OPENED"\n'


_PATIENCE = 60.0
"""Seconds for the whole program, on a machine that does other things as well."""


class Program:
    """The running program: where it sent the browser, and what it says."""

    def __init__(self, process: subprocess.Popen[str], opened: Path) -> None:
        self._process = process
        self._opened = opened

    def address(self) -> str:
        """Where the browser was sent."""
        while not self._opened.exists():
            assert self._process.poll() is None, "the program ended without opening a browser"
            time.sleep(0.02)
        return self._opened.read_text()

    def says(self) -> dict[str, Any]:
        """The next line of its own; the library writes others, for people."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith('{"'):
                found: dict[str, Any] = json.loads(line)
                return found
        raise AssertionError(f"the program ended with {self._process.wait(DEADLINE)}")


@contextmanager
def started(folder: Path, server: GatewrightDev, environment: Mapping[str, str]) -> Iterator[Program]:
    browser, opened = folder / "xdg-open", folder / "opened"
    browser.write_text(BROWSER)
    browser.chmod(0o700)
    process = subprocess.Popen(
        ["node", APPS / "appauth.cjs"],
        env={
            **os.environ,
            **server.trust,
            "PATH": f"{folder}:{os.environ['PATH']}",
            "OPENED": str(opened),
            "ISSUER": server.issuer,
            "AUDIENCE": TIMESHEETS,
            "PORT": str(free_port()),
            **environment,
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    # Whoever waits for the program in vain waits no longer than this.
    ending = threading.Timer(_PATIENCE, process.kill)
    ending.start()
    try:
        yield Program(process, opened)
    finally:
        ending.cancel()
        process.kill()
        process.wait(DEADLINE)
        assert process.stdout is not None
        process.stdout.close()


@pytest.fixture
def program(tmp_path: Path, server: GatewrightDev) -> Iterator[Program]:
    """The program of the client ``desktop``, whose callback is registered without a port."""
    with started(tmp_path, server, {"CLIENT_ID": "desktop"}) as running:
        yield running


def come_back(visitor: Visitor, program: Program) -> None:
    """Signs in, and lets the browser go where it is sent then: to the program."""
    visitor.sign_in(program.address())
    assert "Close your browser" in visitor.client.get(visitor.location).text


def test_sign_in(program: Program, visitor: Visitor) -> None:
    """The browser comes back to the port that was free, and code and verifier become tokens."""
    come_back(visitor, program)
    first = program.says()["first"]
    assert first["isValid"] is True
    assert first["scope"] == "openid profile offline_access read:timesheets"
    assert claims_of(first["access_token"])["azp"] == "desktop"
    assert claims_of(first["id_token"])["aud"] == "desktop"


def test_refresh_and_revoke(program: Program, visitor: Visitor) -> None:
    """The refresh token is replaced without a secret, and its successor can be revoked."""
    come_back(visitor, program)
    first, second = program.says()["first"], program.says()["second"]
    assert second["isValid"] is True
    assert second["refresh_token"] != first["refresh_token"]
    assert program.says() == {"revoked": True}


def test_any_port_is_for_native_applications_only(
    tmp_path: Path, server: GatewrightDev, visitor: Visitor
) -> None:
    """The same callback of a client that is not native is a mismatch, and nobody is redirected."""
    with started(tmp_path, server, {"CLIENT_ID": "not_native"}) as running:
        page = visitor.visit(running.address())
    assert page.status_code == 400
    assert "Callback URL seen" in page.text
