"""Stands for the door until the first request: its client library takes a fifth of a second to import."""

import asyncio
import importlib
from typing import Any

from gatewright.outbound.model import OutboundAnswer, OutboundRequest, Sending
from gatewright.outbound.policy import OutboundPolicy


class OnDemandDoor:
    """See ``Sending``. The import is made in a thread, for others are served meanwhile."""

    def __init__(self, policy: OutboundPolicy) -> None:
        self._policy = policy
        self._door: Sending | None = None
        self._turn = asyncio.Lock()

    async def send(self, request: OutboundRequest) -> OutboundAnswer:
        """See ``Sending.send``."""
        door = self._door or await self._made()
        return await door.send(request)

    async def _made(self) -> Sending:
        async with self._turn:
            if self._door is None:
                module: Any = await asyncio.to_thread(importlib.import_module, "gatewright.outbound.door")
                made: Sending = module.OutboundDoor(self._policy)
                self._door = made
            return self._door
