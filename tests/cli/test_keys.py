"""``gatewright keys``, as an operator sees it."""

import re

import pytest
from tests.cli.terminal import Terminal

ROW = re.compile(r"(?P<kid>\S+) +(?P<alg>\S+) +(?P<status>\S+) +\d{4}-\d\d-\d\d( +\d{4}-\d\d-\d\d)?")


@pytest.fixture
def tenant(terminal: Terminal) -> Terminal:
    terminal.run("migrate")
    terminal.apply("roles: []")
    return terminal


def listed(terminal: Terminal) -> list[tuple[str, str, str]]:
    assert terminal.run("keys", "list") == 0
    rows = [ROW.fullmatch(line) for line in terminal.out.splitlines()[1:]]
    return [(row["kid"], row["alg"], row["status"]) for row in rows if row is not None]


def test_keys_are_listed(tenant: Terminal) -> None:
    """A table shows each key with algorithm, status and dates, the one that signs first."""
    assert [(alg, status) for _, alg, status in listed(tenant)] == [("RS256", "current"), ("RS256", "next")]
    assert tenant.out.splitlines()[0].split() == ["KID", "ALG", "STATUS", "CREATED", "SIGNS", "SINCE"]
    assert max(map(len, tenant.out.splitlines())) <= 80


def test_a_rotation_is_told(tenant: Terminal) -> None:
    """Rotating names the key that signs now: the one that was next."""
    following = listed(tenant)[1][0]
    assert tenant.run("keys", "rotate") == 0
    assert tenant.out == f"RS256 tokens are signed with key {following} now.\n"
    assert [status for _, _, status in listed(tenant)] == ["current", "next", "previous"]


def test_another_algorithm_can_be_rotated(tenant: Terminal) -> None:
    """--alg chooses, and makes the first keys of an algorithm."""
    assert tenant.run("keys", "rotate", "--alg", "ES256") == 0
    assert [alg for _, alg, _ in listed(tenant)] == ["ES256", "ES256", "RS256", "RS256"]


def test_a_key_is_revoked(tenant: Terminal) -> None:
    """With --yes a previous key is revoked without a question."""
    old = listed(tenant)[0][0]
    tenant.run("keys", "rotate")
    assert tenant.run("keys", "revoke", old, "--yes") == 0
    assert tenant.out == f"Key {old} is revoked.\n"
    assert (old, "RS256", "revoked") in listed(tenant)


class _Typist:
    """Standard input of somebody who is there."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "code", "status"), [(True, 0, "revoked"), (False, 1, "previous")])
def test_a_person_is_asked(
    tenant: Terminal, monkeypatch: pytest.MonkeyPatch, answer: bool, code: int, status: str
) -> None:
    """Who sits at a terminal is asked, and a no changes nothing."""
    old = listed(tenant)[0][0]
    tenant.run("keys", "rotate")
    asked: list[str] = []
    monkeypatch.setattr("sys.stdin", _Typist())
    monkeypatch.setattr("typer.confirm", lambda question: asked.append(question) or answer)
    assert tenant.run("keys", "revoke", old) == code
    assert asked == [f"Tokens signed with {old} become void. Revoke it?"]
    assert (old, "RS256", status) in listed(tenant)


def test_a_script_has_to_say_yes(tenant: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a terminal and without --yes nothing is revoked."""
    old = listed(tenant)[0][0]
    tenant.run("keys", "rotate")
    assert tenant.run("keys", "revoke", old) == 2
    assert f"nobody is there to confirm that key {old} goes; wanted: --yes" in tenant.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (
            ["keys", "rotate", "--alg", "HS256"],
            2,
            "--alg: read 'HS256'; wanted: one of ES256, PS256, RS256, RS512",
        ),
        (["keys", "revoke", "nobody", "--yes"], 1, "no key nobody"),
        (["keys", "list", "--tenant", "nobody"], 1, "no tenant 'nobody'"),
    ],
)
def test_mistakes_are_one_line(tenant: Terminal, words: list[str], code: int, said: str) -> None:
    """What cannot be done is said in one line."""
    assert tenant.run(*words) == code
    assert said in tenant.err
    assert len(tenant.err.splitlines()) == 1


def test_a_key_that_signs_is_not_revoked(tenant: Terminal) -> None:
    """The current key has to be rotated out first."""
    current = listed(tenant)[0][0]
    assert tenant.run("keys", "revoke", current, "--yes") == 1
    assert f"key {current} is current: rotate first, then revoke it" in tenant.err
