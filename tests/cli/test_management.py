"""``gatewright management``: a token for scripts."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.gatewright_dev import PROGRAM, GatewrightDev, gatewright_dev
from tests.support.world import claims_of


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewrightDev]:
    """A development server."""
    with gatewright_dev(tmp_path_factory.mktemp("server"), {}) as running:
        yield running


def run(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """What the command prints."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GATEWRIGHT_")}
    command = [PROGRAM, "management", "token", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


def test_token_opens_the_management_api(server: GatewrightDev) -> None:
    """The command prints a token, and nothing else, that the management API takes."""
    done = run("--data", server.folder / "data")
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)
    token = done.stdout.strip()
    with server.client() as client:
        answer = client.get("/api/v2/clients", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert "gatewright_dev_management" in {each["client_id"] for each in answer.json()}


def test_secret_of_the_system_client_is_not_shown(server: GatewrightDev) -> None:
    """Whoever may read secrets of clients does not read that of the client that may do everything."""
    token = run("--data", server.folder / "data").stdout.strip()
    with server.client() as client:
        answer = client.get("/api/v2/clients", headers={"authorization": f"Bearer {token}"})
    secret = json.loads((server.folder / "data" / "management.json").read_text())["client_secret"]
    assert secret not in answer.text


def test_fewer_scopes(server: GatewrightDev) -> None:
    """--scope asks for those scopes alone."""
    done = run("--data", server.folder / "data", "--scope", "read:clients read:roles")
    assert claims_of(done.stdout.strip())["scope"] == "read:clients read:roles"


def test_unknown_scope(server: GatewrightDev) -> None:
    """A scope there is not is refused in one line with the server's words."""
    done = run("--data", server.folder / "data", "--scope", "rule:the_world")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "rule:the_world" in done.stderr


def test_no_server_was_ever_there(tmp_path: Path) -> None:
    """A directory without a server's files is refused in one line that says what is wanted."""
    done = run("--data", tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "wanted: its --data directory" in done.stderr


def test_server_does_not_run(tmp_path: Path) -> None:
    """A server that does not run is named in one line."""
    access = {"client_id": "a", "client_secret": "s", "audience": "http://localhost:1/api/v2/"}
    (tmp_path / "management.json").write_text(json.dumps(access))
    done = run("--data", tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "http://localhost:1/" in done.stderr
