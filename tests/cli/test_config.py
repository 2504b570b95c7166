"""gatewright config show: every setting, its value, its source."""

from pathlib import Path

from tests.cli.conftest import Start
from tests.cli.process import KEY, SERVE, Running

from gatewright.settings import SUBJECTS, describe


def shown(running: Running, status: int = 0) -> dict[str, str]:
    """What is printed for each setting, spaces folded."""
    assert running.end() == status, running.errors
    return {name: " ".join(rest.split()) for name, _, rest in (line.partition(" ") for line in running.lines)}


def test_every_setting_is_shown(start: Start) -> None:
    """There is a line for every setting there is."""
    names = {item.name for subject in SUBJECTS for item in describe(subject)}
    assert set(shown(start("config", "show", **SERVE))) == names


def test_sources_are_shown(start: Start, tmp_path: Path) -> None:
    """A value comes from a default, from the environment, or from a file that is named."""
    (tmp_path / "key").write_text(KEY)
    environment = {**SERVE, "GATEWRIGHT_MASTER_KEY": "", "GATEWRIGHT_MASTER_KEY_FILE": str(tmp_path / "key")}
    lines = shown(start("config", "show", **environment))
    assert lines["GATEWRIGHT_WORKERS"] == "1 environment"
    assert lines["GATEWRIGHT_PORT"] == "8443 default"
    assert lines["GATEWRIGHT_MASTER_KEY"] == f"*** file {tmp_path / 'key'}"


def test_effective_values_are_shown(start: Start) -> None:
    """A value is shown as it is used, not as it was written."""
    lines = shown(start("config", "show", **SERVE, GATEWRIGHT_TRUSTED_PROXIES="10.0.0.0/8 192.0.2.7"))
    assert lines["GATEWRIGHT_ISSUER"] == "https://login.example.com/ environment"
    assert lines["GATEWRIGHT_TRUSTED_PROXIES"] == "10.0.0.0/8, 192.0.2.7/32 environment"


def test_secrets_are_masked(start: Start) -> None:
    """Passwords and keys are not shown, the addresses they belong to are."""
    secrets = {
        "GATEWRIGHT_DATABASE": "postgresql://app:hunter2@db.internal/app?password=hunter2",
        "GATEWRIGHT_SMTP_URL": "smtps://app:hunter2@mail.internal?from=login@example.com",
    }
    running = start("config", "show", **{**SERVE, **secrets})
    lines = shown(running)
    assert lines["GATEWRIGHT_DATABASE"] == "postgresql://app:***@db.internal/app?*** environment"
    assert lines["GATEWRIGHT_SMTP_URL"] == "smtps://app:***@mail.internal?*** environment"
    assert "hunter2" not in "\n".join(running.lines + running.errors)
    assert KEY not in "\n".join(running.lines)


def test_wrong_ones_are_marked(start: Start) -> None:
    """A wrong setting is shown as it is and marked; the exit status is 2 and the line says what is wanted."""
    running = start("config", "show", **SERVE, GATEWRIGHT_PORT="https")
    assert shown(running, status=2)["GATEWRIGHT_PORT"] == "https environment; wrong"
    assert running.errors == [
        "gatewright: GATEWRIGHT_PORT: read 'https'; wanted: a port number from 0 to 65535"
    ]


def test_missing_ones_are_marked(start: Start) -> None:
    """A missing setting is shown as not set."""
    running = start("config", "show")
    assert shown(running, status=2)["GATEWRIGHT_ISSUER"] == "(not set) default; wrong"
