"""The page of the commands: what their own --help prints."""

import importlib
import os
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO

from gatewright.cli import main
from gatewright.cli.commands import COMMANDS

_HEAD = """\
# Commands

<!-- Written by `make docs` from the commands' own help; change it there. -->

Exit codes: 0 clean, 2 usage or configuration, 1 anything else.
Whatever goes wrong is one line on standard error; `gatewright --debug COMMAND` shows the traceback too.
"""

_WIDTH = "100"


def commands() -> list[tuple[str, ...]]:
    """Return the words of every command, those of a group behind the group's own."""
    return [words for name in COMMANDS for words in ((name,), *_inside(name))]


def commands_page() -> str:
    """Return the page, one section a command."""
    return "\n".join((_HEAD, *(_section(words) for words in commands())))


def _inside(name: str) -> Iterator[tuple[str, ...]]:
    app = importlib.import_module(COMMANDS[name].module).app
    if app.registered_callback is not None:
        for command in app.registered_commands:
            yield name, command.name or command.callback.__name__


def _section(words: tuple[str, ...]) -> str:
    return f"## `gatewright {' '.join(words)}`\n\n```\n{_help(words)}\n```\n"


def _help(words: tuple[str, ...]) -> str:
    os.environ["COLUMNS"] = _WIDTH
    with redirect_stdout(StringIO()) as printed:
        main([*words, "--help"])
    return "\n".join(line.rstrip() for line in printed.getvalue().strip().splitlines())
