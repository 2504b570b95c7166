"""``gatewright explain``, as somebody with a refused token uses it."""

import json
from pathlib import Path

import pytest
from tests.cli.process import KEY
from tests.cli.terminal import Terminal

TENANT = """
clients:
  - name: Shop
    client_id: shop
    app_type: non_interactive
    grant_types: [client_credentials]
    client_secret: a-secret-of-the-shop-0123456789abcdef
resourceServers:
  - name: Orders
    identifier: https://api.shop.test/orders
    scopes: [{value: "read:orders"}]
"""


@pytest.fixture
def tenant(terminal: Terminal) -> Terminal:
    terminal.run("migrate")
    terminal.apply(TENANT)
    return terminal


def test_unknown_text(tenant: Terminal) -> None:
    """What was not issued here is said to be so, with what to do, and the exit code is 1."""
    assert tenant.run("explain", "kPoPMRYrCEoYO6s5") == 1
    assert tenant.out.startswith("This is an unknown text.")
    assert "change:" in tenant.out
    assert "kPoPMRYrCEoYO6s5" not in tenant.out


def test_from_standard_input(tenant: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A dash reads the token from standard input."""
    file = tmp_path / "token"
    file.write_text("a.b.c\n")
    with file.open() as text:
        monkeypatch.setattr("sys.stdin", text)
        assert tenant.run("explain", "-") == 1
    assert tenant.out.startswith("This is an unreadable token.")


def test_nothing(tenant: Terminal) -> None:
    """An empty token is a mistake of usage."""
    assert tenant.run("explain", " ") == 2
    assert "TOKEN: read nothing; wanted: a token" in tenant.err


def test_unknown_tenant(tenant: Terminal) -> None:
    """A tenant that does not exist is named."""
    assert tenant.run("explain", "x", "--tenant", "nobody") == 1
    assert "nobody" in tenant.err


def test_no_server_anywhere(terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a development server and without settings it says which of the two is wanted."""
    monkeypatch.delenv("GATEWRIGHT_DATABASE", raising=False)
    monkeypatch.chdir(tmp_path)
    assert terminal.run("explain", "x") == 2
    assert "--data: read '.gatewright', where no gatewright dev was started" in terminal.err


def test_a_development_server(tenant: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """--data names the directory of a development server, whose settings are found there."""
    folder = tmp_path / "dev"
    folder.mkdir()
    for companion in tenant.database.parent.glob(tenant.database.name + "*"):
        (folder / companion.name.replace(tenant.database.name, "gatewright.db")).write_bytes(
            companion.read_bytes()
        )
    (folder / "master.key").write_text(KEY)
    (folder / "management.json").write_text(json.dumps({"audience": "https://localhost:8443/api/v2/"}))
    monkeypatch.delenv("GATEWRIGHT_DATABASE", raising=False)
    assert tenant.run("explain", "x", "--data", str(folder)) == 1
    assert tenant.out.startswith("This is an unknown text.")
