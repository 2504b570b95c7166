"""What ``gatewright dev`` applies at every start."""

import asyncio
from pathlib import Path

import pytest
from tests.cli.terminal import Terminal

from gatewright.cli.program import ManagementClient
from gatewright.cli.tenant_file import apply_file
from gatewright.kernel.errors import Invalid
from gatewright.settings import read_settings


def start(terminal: Terminal, path: Path | None = None) -> ManagementClient:
    """One start of a development server, as far as its tenant goes."""
    return asyncio.run(apply_file(read_settings(), path))


@pytest.fixture
def migrated(terminal: Terminal) -> Terminal:
    terminal.run("migrate")
    return terminal


def test_without_a_file_the_demo_tenant_is_made(
    migrated: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    """The demo has the clients of the sample applications; its people are printed with their passwords."""
    start(migrated)
    said = capsys.readouterr().out
    assert said.startswith("Demo tenant: sign in as ada@example.com (password ")
    ids = {row[0] for row in migrated.rows("SELECT client_id FROM clients")}
    assert {"demo_web_app", "demo_spa"} <= ids


def test_the_management_client_is_kept(migrated: Terminal) -> None:
    """Each start gives the same id and secret, and never prints the secret in passing."""
    first, second = start(migrated), start(migrated)
    assert first == second
    assert len(first.client_secret) == 64
    assert first.client_secret not in repr(first)


def test_what_was_made_by_hand_survives_the_next_start(migrated: Terminal) -> None:
    """The demo tenant adds what is missing and neither reverts nor removes anything."""
    start(migrated)
    migrated.run("export", "mine.yaml")
    mine = (migrated.folder / "mine.yaml").read_text().replace("Demo nightly job", "My own job")
    assert migrated.apply(mine) == 0
    start(migrated)
    migrated.run("export")
    assert "My own job" in migrated.out
    assert "Demo nightly job" not in migrated.out


def test_a_file_is_applied_at_every_start(migrated: Terminal) -> None:
    """With a file the tenant is made equal to it each time, the management client aside."""
    file = migrated.folder / migrated.write("clients: [{name: A, client_id: a}]", "mine.yaml")
    start(migrated, file)
    migrated.apply("clients: [{name: B, client_id: b}]")
    start(migrated, file)
    assert {row[0] for row in migrated.rows("SELECT client_id FROM clients")} == {
        "a",
        "gatewright_dev_management",
    }


def test_problems_of_the_file_are_told_line_by_line(
    migrated: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    """A start with a wrong file ends with every problem on standard error and a sum to raise."""
    file = migrated.folder / migrated.write("clients: [{name: A, sso: 1}, {nam: B}]")
    with pytest.raises(Invalid, match=r"tenant\.yaml: 3 problems, nothing was applied"):
        start(migrated, file)
    assert [line.split(": ")[1] for line in capsys.readouterr().err.splitlines()] == [
        "clients[0].sso",
        "clients[1].nam",
        "clients[1].name",
    ]


def test_a_new_address_is_followed(migrated: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the server starts on another port, tenant and management API move with it."""
    start(migrated)
    monkeypatch.setenv("GATEWRIGHT_ISSUER", "http://localhost:9000/")
    start(migrated)
    assert migrated.rows("SELECT issuer FROM tenants") == [("http://localhost:9000/",)]
    assert migrated.rows("SELECT host FROM tenant_hosts") == [("localhost:9000",)]
    assert migrated.rows("SELECT identifier FROM apis WHERE name = 'Management API'") == [
        ("http://localhost:9000/api/v2/",)
    ]


def test_a_lost_master_key_gets_the_management_client_a_new_secret(
    migrated: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A secret that nobody can unseal any more is replaced rather than stopping the start."""
    first = start(migrated)
    monkeypatch.setenv("GATEWRIGHT_MASTER_KEY", "B" * 42 + "A")
    assert start(migrated).client_secret != first.client_secret
