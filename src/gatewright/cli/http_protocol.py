"""HTTP/1.1 as uvicorn speaks it, with bounds it does not set: on the size of a head and on slowness.

A client that never finishes its request would otherwise keep a connection and its memory for ever.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

MAX_HEAD = 64 * 1024
"""Bytes of request line and headers; beyond it the answer is 431 (RFC 6585 §5)."""

MAX_HEADERS = 128
"""Header fields of a request; beyond it the answer is 431."""

RECEIVE_WITHIN = 60.0
"""Seconds from a connection, or the first byte of its next request, to the last byte of the request."""


class _TooManyHeaders(Exception):
    pass


class BoundedProtocol(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._head_size = 0
        self._reading_head = True
        self._receiving = False
        self._has_cycle = False
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Starts the clock: a connection that says nothing is closed as well."""
        super().connection_made(transport)  # type: ignore[arg-type]
        self._deadline = self.loop.call_later(RECEIVE_WITHIN, self._too_slow)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stops the clock."""
        super().connection_lost(exc)
        self._stop_clock()

    def data_received(self, data: bytes) -> None:
        """Parses; then looks whether the request is whole, too large, or still coming."""
        if self._reading_head:
            self._head_size += len(data)
        super().data_received(data)
        if self._reading_head and self._head_size > MAX_HEAD:
            self._refuse(431)
        elif self._receiving and self._deadline is None:
            self._deadline = self.loop.call_later(RECEIVE_WITHIN, self._too_slow)

    def on_message_begin(self) -> None:
        """A request begins."""
        self._reading_head = self._receiving = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._reading_head = False
        self._head_size = 0
        if len(self.headers) > MAX_HEADERS:
            raise _TooManyHeaders  # the parser stops, and asks for an answer with ``send_400_response``
        super().on_headers_complete()
        self._has_cycle = True

    def send_400_response(self, msg: str) -> None:
        """Answers what could not be parsed."""
        if len(self.headers or ()) > MAX_HEADERS:
            self._refuse(431)
        else:
            super().send_400_response(msg)

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._receiving = False
        if self._deadline is not None:
            self._stop_clock()
        super().on_message_complete()

    def _too_slow(self) -> None:
        self._deadline = None
        if not self.transport.is_closing():
            self._refuse(408)

    def _refuse(self, status: int) -> None:
        # Bytes of an answer that is under way must not be followed by another status line.
        under_way = self._has_cycle and self.cycle.response_started and not self.cycle.response_complete
        if not under_way:
            self.transport.write(STATUS_LINE[status] + b"content-length: 0\r\nconnection: close\r\n\r\n")
        self.transport.close()

    def _stop_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
