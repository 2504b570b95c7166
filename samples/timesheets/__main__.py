"""Starts both halves of the sample: `python -m timesheets`, or the file `run` beside this one."""

import asyncio
import os
import socket
import sqlite3

import uvicorn
from starlette.types import ASGIApp

from gatewright_guard.fastapi import Guard
from timesheets.api.app import create_app as create_api
from timesheets.settings import Settings
from timesheets.spa.server import create_app as create_spa


class Server(uvicorn.Server):
    """A server for one half, which tells when it accepts requests."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        super().__init__(uvicorn.Config(app, "localhost", port, log_level="warning"))
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        self.ready.set()


async def announce(address: str, *servers: Server) -> None:
    """Print the address as soon as all servers accept requests."""
    for server in servers:
        await server.ready.wait()
    print(f"ready: {address}", flush=True)


async def main() -> None:
    """Run the API and the single-page application until a signal."""
    settings = Settings.from_environment(os.environ)
    guard = Guard(issuer=settings.issuer, audience=settings.audience)
    database = sqlite3.connect(settings.database)
    api = Server(create_api(guard, database, origins=[settings.origin]), settings.api_port)
    spa = Server(create_spa(settings), settings.port)
    await asyncio.gather(announce(f"{settings.origin}/", api, spa), api.serve(), spa.serve())


asyncio.run(main())
