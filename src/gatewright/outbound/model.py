"""What is asked of others, what they answer, and what can come in between."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class OutboundRequest:
    """One request to a configured ``url``. Headers may hold secrets and are not shown."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class OutboundAnswer:
    """What came back, whatever its status; a redirect is an answer like another.

    Names of headers are in small letters. ``content`` is as it was sent; no encoding is asked for.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)


class OutboundRefused(Exception):
    """The request must not be sent: its URL, or every address of its host, is not allowed."""


class OutboundUnreachable(Exception):
    """Nobody answered, or not as HTTP wants it, or not within the caps; trying later may help."""


class Sending(Protocol):
    """Whoever sends requests: the door, or what stands for it in a test."""

    async def send(self, request: OutboundRequest) -> OutboundAnswer:
        """The answer. Raises ``OutboundRefused`` or ``OutboundUnreachable``."""
        ...
