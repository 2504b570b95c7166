"""Applications under a prefix that are imported by the first request for them."""

import asyncio
import importlib
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send


class LazyApp:
    """Stands for the application that ``module.factory(*arguments)`` makes.

    The import is made in a thread, for others are served meanwhile; whoever asks during it waits for it.
    """

    def __init__(self, module: str, factory: str, *arguments: object) -> None:
        self._module = module
        self._factory = factory
        self._arguments = arguments
        self._app: ASGIApp | None = None
        self._turn = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        app = self._app or await self._made()
        await app(scope, receive, send)

    async def _made(self) -> ASGIApp:
        async with self._turn:
            if self._app is None:
                module: Any = await asyncio.to_thread(importlib.import_module, self._module)
                make: Callable[..., ASGIApp] = getattr(module, self._factory)
                self._app = make(*self._arguments)
            return self._app
