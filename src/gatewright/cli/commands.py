"""THE LIST of commands. A command's module is imported when the command is given, and no sooner."""

from collections.abc import Mapping
from dataclasses import dataclass

import typer


@dataclass(frozen=True, slots=True)
class Command:
    """Where a command lives (its module has a ``typer.Typer`` called ``app``) and what it does."""

    module: str
    summary: str


COMMANDS: Mapping[str, Command] = {
    "dev": Command("gatewright.cli.dev", "Start a development server with everything it needs."),
    "serve": Command("gatewright.cli.serve", "Start the server with the settings in GATEWRIGHT_* variables."),
    "migrate": Command("gatewright.cli.migrate", "Bring the database to the schema of this version."),
    "apply": Command("gatewright.cli.apply", "Make a tenant equal to a file."),
    "export": Command("gatewright.cli.export", "Write a tenant as the file that makes it."),
    "users": Command("gatewright.cli.users", "Bring users by the thousand, and write them down."),
    "keys": Command("gatewright.cli.keys", "List, rotate and revoke the keys a tenant signs with."),
    "management": Command("gatewright.cli.management", "Print a token that manages a development server."),
    "explain": Command("gatewright.cli.explain", "Say what a token is and why it was refused."),
    "config": Command("gatewright.cli.config", "Show the settings, their values and where they come from."),
}


def command_app() -> typer.Typer:
    """An empty command: plain text help, errors left to ``entry.main``."""
    return typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
