"""Starts both halves of the sample: `python -m timesheets`, or the file `run` beside this one."""

import asyncio
import os
import sqlite3

import uvicorn
from gatewright_guard.fastapi import Guard
from starlette.types import ASGIApp

from timesheets.api.app import create_app as create_api
from timesheets.settings import Settings
from timesheets.spa.server import create_app as create_spa


def server(app: ASGIApp, port: int) -> uvicorn.Server:
    """Return a server for one half."""
    return uvicorn.Server(uvicorn.Config(app, "localhost", port, log_level="warning"))


async def announce(address: str, servers: list[uvicorn.Server]) -> None:
    """Print the address as soon as all servers accept requests."""
    while not all(server.started for server in servers):
        await asyncio.sleep(0.05)
    print(f"ready: {address}", flush=True)


async def main() -> None:
    """Run the API and the single-page application until a signal."""
    settings = Settings.from_environment(os.environ)
    guard = Guard(issuer=settings.issuer, audience=settings.audience)
    api = create_api(guard, sqlite3.connect(settings.database), origins=[settings.origin])
    servers = [server(api, settings.api_port), server(create_spa(settings), settings.port)]
    await asyncio.gather(announce(settings.origin + "/", servers), *(server.serve() for server in servers))


asyncio.run(main())
