"""``gatewright migrate``, as an operator sees it."""

import stat

import pytest
from tests.cli.terminal import Terminal

from gatewright.storage.migrations import HEAD


def test_a_new_database_is_made(terminal: Terminal) -> None:
    """The first migration makes the database, for its owner's eyes only, and tells from where to where."""
    assert terminal.run("migrate") == 0
    assert terminal.out == f"Migrated the database from nothing to revision {HEAD}.\n"
    assert stat.S_IMODE(terminal.database.stat().st_mode) == 0o600


def test_a_second_migration_finds_nothing(terminal: Terminal) -> None:
    """A database that is up to date stays as it is."""
    terminal.run("migrate")
    assert terminal.run("migrate") == 0
    assert terminal.out == f"The database is at revision {HEAD} already.\n"


def test_only_the_database_needs_to_be_set(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Migrating needs neither issuer nor master key."""
    monkeypatch.delenv("GATEWRIGHT_ISSUER")
    monkeypatch.delenv("GATEWRIGHT_MASTER_KEY")
    assert terminal.run("migrate") == 0


@pytest.mark.parametrize(
    ("url", "code", "said"),
    [
        ("mysql://x", 2, "GATEWRIGHT_DATABASE: read 9 characters"),
        ("sqlite:////nowhere/at/all.db", 1, "No such file or directory"),
        ("postgresql://nobody:hunter2@127.0.0.1:1/x", 1, "cannot reach the database: "),
    ],
)
def test_a_database_that_cannot_be_reached_is_one_line(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, url: str, code: int, said: str
) -> None:
    """A wrong or unreachable database ends in one line without its password."""
    monkeypatch.setenv("GATEWRIGHT_DATABASE", url)
    assert terminal.run("migrate") == code
    assert said in terminal.err
    assert len(terminal.err.splitlines()) == 1
    assert "hunter2" not in terminal.err
