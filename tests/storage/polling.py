"""Waiting for a condition, with an end."""

import asyncio
import time
from collections.abc import Callable

DEADLINE = 10.0


async def until(condition: Callable[[], bool], what: str) -> None:
    """Returns as soon as ``condition`` holds; fails with ``what`` after ``DEADLINE`` seconds."""
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, f"waited in vain for: {what}"
        await asyncio.sleep(0.005)
