"""The gatewright command: help, mistakes, exit codes."""

import os
import subprocess
import sys

import pytest

from gatewright import __version__
from gatewright.cli import main
from gatewright.cli.commands import COMMANDS


@pytest.mark.parametrize("word", ["--help", "-h", "help"])
def test_help_lists_the_commands(capsys: pytest.CaptureFixture[str], word: str) -> None:
    """Help lists every command with what it does, and is no error."""
    assert main([word]) == 0
    printed = capsys.readouterr().out
    for name, command in COMMANDS.items():
        assert f"  {name} " in printed
        assert command.summary in printed


def test_no_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a command the same help is printed, with status 2."""
    assert main([]) == 2
    assert "Usage: gatewright" in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """--version tells name and version."""
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"gatewright {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sreve"], "gatewright: no command 'sreve'; did you mean serve?"),
        (["x" * 9], "gatewright: no command 'xxxxxxxxx'; wanted: one of "),
        (["dev", "--prot", "1"], "gatewright: No such option: --prot"),
        (["dev", "--port", "many"], "gatewright: Invalid value for '--port': "),
        (["dev", "--port", "65536"], "gatewright: Invalid value for '--port': "),
        (["dev", "--workers", "0"], "gatewright: Invalid value for '--workers': "),
        (["serve", "now"], "gatewright: Got unexpected extra argument"),
        (["config", "shwo"], "gatewright: No such command 'shwo'."),
    ],
)
def test_mistakes_are_one_line(capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    """A mistake in the arguments is one line on standard error and status 2."""
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith(said)
    assert printed.err.count("\n") == 1
    assert printed.out == ""


@pytest.mark.parametrize("name", ["config", "keys"])
def test_a_group_needs_a_command(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """A word that only groups commands runs none of them by itself."""
    assert main([name]) == 2
    assert capsys.readouterr().err == "gatewright: Missing command.\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """Every command explains itself under the name it is called by."""
    assert main([name, "--help"]) == 0
    assert f"Usage: gatewright {name}" in capsys.readouterr().out


def test_help_of_the_program_imports_no_command() -> None:
    """Listing the commands imports neither the settings nor a server."""
    script = (
        "import sys; from gatewright.cli import main; main(['--help']);"
        "print({'gatewright.settings', 'uvicorn', 'structlog', 'gatewright.cli.dev'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.endswith("set()\n")


def test_commands_do_without_rich() -> None:
    """A server's process does not load rich, which costs a tenth of a second."""
    script = (
        "import sys; from gatewright.cli import main; main(['serve', '--help']);"
        "print('structlog' in sys.modules, 'rich.console' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.endswith("True False\n")


def test_a_start_loads_no_more_than_it_needs() -> None:
    """A server's process loads nothing that only other languages, databases, templates or new users need."""
    script = (
        "import sys; import gatewright.app; from gatewright.cli import main; print(main(['serve']));"
        "needless = {'pydantic', 'babel', 'email_validator', 'liquid', 'dns', 'httpx2',"
        "'sqlalchemy.dialects.postgresql'};"
        "print('gatewright.settings' in sys.modules, needless & set(sys.modules))"
    )
    unset = {name: value for name, value in os.environ.items() if not name.startswith("GATEWRIGHT_")}
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=unset
    )
    assert run.stderr.startswith("gatewright: GATEWRIGHT_ISSUER: not set")
    assert run.stdout == "2\nTrue set()\n"


def test_module_is_the_program() -> None:
    """python -m gatewright is gatewright, exit status included."""
    run = subprocess.run([sys.executable, "-m", "gatewright", "nonsense"], capture_output=True, check=False)
    assert run.returncode == 2
    assert run.stderr.startswith(b"gatewright: no command 'nonsense'")
