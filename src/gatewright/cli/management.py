"""``gatewright management``: a token by which scripts manage a development server."""

import asyncio
from pathlib import Path
from typing import Annotated

import httpx2
import orjson
import typer

from gatewright.cli.commands import command_app
from gatewright.kernel.errors import Invalid, Unavailable

app = command_app()


@app.callback()
def management() -> None:
    """Manage a development server from scripts."""


@app.command()
def token(
    data: Annotated[Path, typer.Option(help="Directory of the development server.")] = Path(".gatewright"),
    scope: Annotated[
        str, typer.Option(help="Scopes of the management API, separated by spaces; default: all there are.")
    ] = "",
) -> None:
    """Print an access token for the management API of the development server that runs.

    The token lives for a day and opens everything: it is as secret as a password.
    """
    print(asyncio.run(_token(data, scope)))


async def _token(data: Path, scope: str) -> str:
    access = _access(data)
    issuer = access["audience"].removesuffix("api/v2/")
    asked = {
        "grant_type": "client_credentials",
        "client_id": access["client_id"],
        "client_secret": access["client_secret"],
        "audience": access["audience"],
    }
    authority = data / "ca.pem"
    verify = str(authority) if issuer.startswith("https://") and authority.exists() else True
    try:
        async with httpx2.AsyncClient(verify=verify, timeout=10) as client:
            response = await client.post(
                f"{issuer}oauth/token", data=asked | ({"scope": scope} if scope else {})
            )
    except httpx2.HTTPError:
        raise Unavailable(f"nothing answers at {issuer}; wanted: gatewright dev to run") from None
    answer = response.json()
    if response.status_code != 200:
        raise Invalid(f"the server refused: {answer['error_description']}")
    return str(answer["access_token"])


def _access(data: Path) -> dict[str, str]:
    """What the server wrote down for scripts. Raises ``Invalid`` when no server was ever started there."""
    try:
        found: dict[str, str] = orjson.loads((data.expanduser() / "management.json").read_bytes())
        return {name: found[name] for name in ("client_id", "client_secret", "audience")}
    except (OSError, ValueError, KeyError):
        raise Invalid(
            f"read {str(data)!a}, where no gatewright dev was started; wanted: its --data directory",
            path="--data",
        ) from None
