"""HTTP/1.1 as uvicorn speaks it, with bounds it does not set: on the size of a head and on slowness.

A client that never finishes its request would otherwise keep a connection and its memory for ever.
One method is overridden on the path of every request: measured, four cost a tenth of a small answer.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

MAX_HEAD = 64 * 1024
"""Bytes of request line and headers after which the answer is 431 (RFC 6585 §5).

The first read of a head is not counted: it is bounded too (256 KiB).
"""

FAREWELL = 0.5
"""Seconds an idle connection gets for a polite end when the server stops."""

RECEIVE_WITHIN = 60.0
"""Seconds from a connection, or the first byte of its next request, to the last byte of the request."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._unfinished: object = None
        self._head_size = 0
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Starts the clock: a connection that says nothing is closed as well."""
        super().connection_made(transport)  # type: ignore[arg-type]
        self._start_clock()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stops the clock."""
        super().connection_lost(exc)
        self._stop_clock()

    def data_received(self, data: bytes) -> None:
        """Parses; then looks whether the request is whole, too large, or still coming."""
        super().data_received(data)
        cycle: Any = self.cycle  # of the last request whose head is there; None before the first
        if cycle is None or cycle.scope is not self.scope:
            self._await_head(len(data))
        elif cycle.more_body and not cycle.response_complete:
            self._start_clock()
        elif self._deadline is not None:
            self._stop_clock()

    def shutdown(self) -> None:
        """Ends an idle connection when the server stops, without waiting for a client that stays silent.

        TLS closes politely by waiting for the other side, which an idle keep-alive client never answers.
        """
        super().shutdown()
        if self.transport.is_closing():
            self.loop.call_later(FAREWELL, self.transport.abort)

    def _await_head(self, received: int) -> None:
        if self._unfinished is not self.scope:
            # The read in which a head begins may hold whole requests before it, and is not counted.
            self._unfinished, self._head_size = self.scope, 0
        else:
            self._head_size += received
        if self._head_size > MAX_HEAD:
            self._refuse(431)
        else:
            self._start_clock()

    def _start_clock(self) -> None:
        if self._deadline is None and not self.transport.is_closing():
            self._deadline = self.loop.call_later(RECEIVE_WITHIN, self._too_slow)

    def _stop_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_slow(self) -> None:
        self._deadline = None
        self._refuse(408)

    def _refuse(self, status: int) -> None:
        cycle: Any = self.cycle
        # Bytes of an answer that is under way must not be followed by another status line.
        under_way = cycle is not None and cycle.response_started and not cycle.response_complete
        if not under_way and not self.transport.is_closing():
            self.transport.write(STATUS_LINE[status] + b"content-length: 0\r\nconnection: close\r\n\r\n")
        self.transport.close()
