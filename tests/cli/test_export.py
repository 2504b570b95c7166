"""``gatewright export``, as an operator sees it."""

import stat
from pathlib import Path

import pytest
import yaml
from tests.cli.terminal import Terminal

ACME = (Path(__file__).parents[1] / "provisioning" / "acme.yaml").read_text()


@pytest.fixture
def acme(terminal: Terminal) -> Terminal:
    terminal.run("migrate")
    terminal.apply(ACME)
    return terminal


def test_an_export_goes_to_standard_output(acme: Terminal) -> None:
    """Without FILE the tenant is printed as YAML."""
    assert acme.run("export") == 0
    assert yaml.safe_load(acme.out)["tenant"]["friendly_name"] == "Acme"


def test_an_export_is_applied_without_a_change(acme: Terminal) -> None:
    """The file that export writes changes nothing when it is applied."""
    assert acme.run("export", "copy.yaml") == 0
    assert acme.out == ""
    assert acme.run("apply", "copy.yaml") == 0
    assert "0 to create, 0 to update, 0 to delete" in acme.out


def test_the_file_is_for_its_owner_alone(acme: Terminal) -> None:
    """An exported file is private, replaces an older one, and leaves no draft behind."""
    acme.write("old", "copy.yaml")
    assert acme.run("export", "copy.yaml", "--with-secrets") == 0
    file = acme.folder / "copy.yaml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "web_client_secret_0123456789abcdef" in file.read_text()
    assert [path.name for path in acme.folder.glob(".copy*")] == []


def test_secrets_and_users_are_a_choice(acme: Terminal) -> None:
    """Secrets come with --with-secrets only, users go with --no-users."""
    acme.run("export", "--no-users")
    assert "secret_0123456789abcdef" not in acme.out
    assert "ada@acme.test" not in acme.out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["export", "nowhere/x.yaml"], 2, 'FILE: read "nowhere/x.yaml" (No such file or directory)'),
        (["export", "--tenant", "nobody"], 1, "no tenant 'nobody'"),
    ],
)
def test_what_cannot_be_exported_is_one_line(acme: Terminal, words: list[str], code: int, said: str) -> None:
    """A wrong place or tenant ends in one line."""
    assert acme.run(*words) == code
    assert said in acme.err
    assert len(acme.err.splitlines()) == 1


def test_a_failed_export_leaves_the_old_file(acme: Terminal) -> None:
    """The file is replaced when everything is written, and no sooner."""
    acme.write("old", "copy.yaml")
    assert acme.run("export", "copy.yaml", "--tenant", "nobody") == 1
    assert (acme.folder / "copy.yaml").read_text() == "old"
    assert [path.name for path in acme.folder.glob(".copy*")] == []
