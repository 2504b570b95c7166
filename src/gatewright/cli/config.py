"""``gatewright config``: the settings as this environment has them."""

import typer

from gatewright.cli.commands import command_app
from gatewright.settings import Listed, WrongSetting, list_settings, read_settings

app = command_app()


@app.callback()
def config() -> None:
    """Show the settings, their values and where they come from."""


@app.command()
def show() -> None:
    """Print every setting with its value and its source, secrets masked; exit 2 when one is wrong."""
    lines = list_settings()
    typer.echo("\n".join(_aligned(lines)))
    for line in lines:
        if line.problem:
            raise WrongSetting(line.problem)
    read_settings()  # what can only be wrong together


def _aligned(lines: tuple[Listed, ...]) -> list[str]:
    names = max(len(line.name) for line in lines)
    values = max(len(line.value) for line in lines)
    return [_row(line, names, values) for line in lines]


def _row(line: Listed, names: int, values: int) -> str:
    remark = f"{line.source}; wrong" if line.problem else line.source
    return f"{line.name:<{names}}  {line.value:<{values}}  {remark}"
