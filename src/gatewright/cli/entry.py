"""From arguments to an exit code: 0 clean, 2 usage or configuration, 1 anything else.

Whatever goes wrong is one line on standard error; the traceback is for ``--debug`` and
``GATEWRIGHT_LOG_LEVEL=debug``.
"""

import importlib
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from inspect import signature

import typer

from gatewright import __version__
from gatewright.cli.commands import COMMANDS, Command
from gatewright.cli.scrubbing import scrubbed
from gatewright.kernel.errors import GatewrightError, Invalid

_USAGE = 2
_FAILURE = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command named by ``arguments`` (default: those of the process); returns its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = os.environ.get("GATEWRIGHT_LOG_LEVEL") == "debug"
    if words[:1] == ["--debug"]:
        debug, words = True, words[1:]
    try:
        return _dispatch(words)
    except KeyboardInterrupt:
        return _say("interrupted", _FAILURE)
    except Exception as error:
        if debug:
            traceback.print_exc()
        return _say(*_told(error))


def _dispatch(words: Sequence[str]) -> int:
    if not words or words[0] in ("--help", "-h", "help"):
        print(_overview())
        return 0 if words else _USAGE
    if words[0] == "--version":
        print(f"gatewright {__version__}")
        return 0
    if words[0] not in COMMANDS:
        return _say(_unknown(words[0]), _USAGE)
    app = _load(COMMANDS[words[0]])
    plain = _plain_command(app) if len(words) == 1 else None
    if plain is not None:
        return _call(plain)
    outcome = app(args=list(words[1:]), prog_name=f"gatewright {words[0]}", standalone_mode=False)
    return outcome if isinstance(outcome, int) else 0


def _plain_command(app: typer.Typer) -> Callable[[], object] | None:
    """The command itself, when it takes no arguments at all, as ``serve`` does."""
    if app.registered_callback is not None or len(app.registered_commands) != 1:
        return None  # words choose among several
    command = app.registered_commands[0].callback
    return command if command is not None and not signature(command).parameters else None


def _call(plain: Callable[[], object]) -> int:
    # typer reads arguments, none included, by pydantic: 0.15 s of every start and 6 MiB of memory.
    try:
        plain()
    except typer.Exit as end:
        return end.exit_code
    return 0


def _load(command: Command) -> typer.Typer:
    with _without_rich():
        app: typer.Typer = importlib.import_module(command.module).app
    return app


@contextmanager
def _without_rich() -> Iterator[None]:
    # structlog imports rich when it is there (and it is: typer wants it), for tracebacks in colour.
    # We use neither, and rich is 0.1 s of every start and 5 MiB of memory.
    hidden = "rich" not in sys.modules
    if hidden:
        sys.modules["rich"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if hidden:
            del sys.modules["rich"]


def _told(error: Exception) -> tuple[str, int]:
    if isinstance(error, GatewrightError):
        return error.message, _USAGE if isinstance(error, Invalid) else _FAILURE
    if isinstance(error, typer.TyperException):
        return error.format_message(), error.exit_code
    return f"{type(error).__name__}: {scrubbed(str(error))} (--debug shows where)", _FAILURE


def _say(message: str, code: int) -> int:
    print("gatewright:", " ".join(message.split()), file=sys.stderr)
    return code


def _unknown(word: str) -> str:
    near = get_close_matches(word, COMMANDS, n=1)
    hint = f"did you mean {near[0]}?" if near else f"wanted: one of {', '.join(COMMANDS)}"
    return f"no command {word!a}; {hint}"


def _overview() -> str:
    width = max(map(len, COMMANDS))
    lines = (f"  {name:<{width}}  {command.summary}" for name, command in COMMANDS.items())
    return "\n".join(
        (
            "Usage: gatewright [--debug] COMMAND [OPTIONS]",
            "",
            "A self-hosted identity platform: OAuth 2 and OpenID Connect with hosted login.",
            "",
            *lines,
            "",
            "gatewright COMMAND --help tells more. gatewright --version tells the version.",
        )
    )
