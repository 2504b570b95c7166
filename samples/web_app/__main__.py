"""Starts the sample: `python -m web_app`, or the file `run` beside this one."""

import os
import socket

import uvicorn

from web_app.app import create_app
from web_app.settings import Settings


class Server(uvicorn.Server):
    """A server that says when it accepts requests."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then print the address."""
        await super().startup(sockets)
        print(f"ready: {settings.url('/')}", flush=True)


settings = Settings.from_environment(os.environ)
Server(uvicorn.Config(create_app(settings), "localhost", settings.port, log_level="warning")).run()
