"""``gatewright explain``: what a token is, and why it was refused."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from gatewright.cli.commands import command_app
from gatewright.cli.workshop import FIRST_TENANT, explainer_of, opened_platform, settings_of
from gatewright.kernel.errors import Invalid
from gatewright.oauth.explaining import Explanation
from gatewright.settings import Settings

app = command_app()

_LONGEST = 65_536


@app.command()
def explain(
    token: Annotated[
        str,
        typer.Argument(
            help="The token; - reads it from standard input, which keeps it out of the shell's history.",
            metavar="TOKEN",
            show_default=False,
        ),
    ],
    api: Annotated[str, typer.Option(help="Identifier of the API that refused the token.")] = "",
    data: Annotated[
        Path | None,
        typer.Option(help="Directory of a development server; default: .gatewright, or GATEWRIGHT_DATABASE."),
    ] = None,
    tenant: Annotated[str, typer.Option(help="Id of the tenant.")] = FIRST_TENANT,
) -> None:
    """Say what TOKEN is, whom it is for and whether it is good; exits with 1 when something is wrong with it.

    The token itself is not printed.
    """
    text = sys.stdin.read(_LONGEST) if token == "-" else token
    if not text.strip():
        raise Invalid("read nothing; wanted: a token", path="TOKEN")
    explanation = asyncio.run(_explained(settings_of(data), tenant, text, api))
    print("\n".join(_lines(explanation)))
    if not explanation.is_good:
        raise typer.Exit(1)


async def _explained(settings: Settings, tenant_id: str, text: str, api: str) -> Explanation:
    async with opened_platform(settings) as platform:
        tenant = await platform.tenants.get(tenant_id)
        return await explainer_of(platform).explain(tenant, text, audience=api)


def _lines(explanation: Explanation) -> Iterator[str]:
    yield f"This is {_article(explanation.kind)} {explanation.kind}."
    for label, value in explanation.facts:
        yield f"  {label:<12} {value}"
    if explanation.is_good:
        yield "Nothing is wrong with it."
    for problem in explanation.problems:
        yield ""
        yield f"  seen:     {problem.seen}"
        yield f"  expected: {problem.expected}"
        yield f"  change:   {problem.change}"


def _article(kind: str) -> str:
    return "an" if kind[0] in "aeiou" else "a"
