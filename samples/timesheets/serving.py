"""Runs both halves of the sample in one process: the API and the page."""

import asyncio
import socket
import sqlite3

import uvicorn
from starlette.types import ASGIApp

from gatewright_guard.fastapi import Guard
from timesheets.api.app import create_app as create_api
from timesheets.settings import Settings


class Server(uvicorn.Server):
    """A server for one half, which tells when it accepts requests."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        super().__init__(uvicorn.Config(app, "localhost", port, log_level="warning"))
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        self.ready.set()


async def serve(settings: Settings, page: ASGIApp) -> None:
    """Run the API and the server of the page until a signal."""
    guard = Guard(issuer=settings.issuer, audience=settings.audience)
    database = sqlite3.connect(settings.database)
    api = Server(create_api(guard, database, origins=[settings.origin]), settings.api_port)
    spa = Server(page, settings.port)
    await asyncio.gather(announce(f"{settings.origin}/", api, spa), api.serve(), spa.serve())


async def announce(address: str, *servers: Server) -> None:
    """Print the address as soon as all servers accept requests."""
    for server in servers:
        await server.ready.wait()
    print(f"ready: {address}", flush=True)
