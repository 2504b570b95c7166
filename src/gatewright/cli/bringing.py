"""An import at the command line: the file read piece by piece, progress told, refusals written down."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from gatewright.app.platform import Platform
from gatewright.cli.output import private_file
from gatewright.connections import Connection
from gatewright.jobs import JobSummary
from gatewright.transfer import Record, RecordSplitter, UsersImported
from gatewright.transfer.import_job import added
from gatewright.transfer.importing import Failure, Importer, Outcome

_PIECE = 256 * 1024
_BATCH = 200
"""Records of one unit: more than in a server, which has others to serve meanwhile."""

_BETWEEN_TELLINGS = 1.0
_encoder = msgspec.json.Encoder()


class Bringing:
    """One import of one file. Memory stays small however large it is."""

    def __init__(self, platform: Platform, tenant_id: str, connection: Connection, *, upsert: bool) -> None:
        self._platform = platform
        self._tenant_id = tenant_id
        self._connection = connection
        self._importer = Importer(
            platform.stores.users,
            platform.clock,
            tenant_id=tenant_id,
            connection=connection,
            upsert=upsert,
        )
        self._refused: list[Failure] = []
        self.sums = JobSummary()

    async def run(self, content: BinaryIO, errors: Path) -> JobSummary:
        """Imports ``content`` and writes what was refused, if anything was, to ``errors``.

        Raises ``OSError``.
        """
        progress = _Progress(os.fstat(content.fileno()).st_size)
        for records in _batches(content):
            await self._importer.run(records, self._commit)
            self._write_refused(errors)
            progress.tell(content.tell(), self.sums)
        progress.tell(content.tell(), self.sums, is_last=True)
        await self._platform.bus.commit((), self._event())
        return self.sums

    async def _commit(self, outcome: Outcome) -> None:
        await self._platform.bus.commit(outcome.unit)
        self.sums = added(self.sums, outcome)
        self._refused += outcome.failures

    def _write_refused(self, errors: Path) -> None:
        if not self._refused:
            return
        if not errors.exists():
            private_file(errors).close()
        with errors.open("ab") as report:
            report.writelines(_encoder.encode(failure) + b"\n" for failure in self._refused)
        self._refused.clear()

    def _event(self) -> UsersImported:
        return UsersImported(
            tenant_id=self._tenant_id,
            at=self._platform.clock.now(),
            connection=self._connection.name,
            description="Users were imported at the command line.",
            details=msgspec.structs.asdict(self.sums),
        )


class _Progress:
    """Tells now and then on standard error how far it got."""

    def __init__(self, size: int) -> None:
        self._size = max(size, 1)
        self._began = self._told = time.monotonic()

    def tell(self, behind: int, sums: JobSummary, *, is_last: bool = False) -> None:
        """One line a second at most, and one at the end."""
        now = time.monotonic()
        if not is_last and now - self._told < _BETWEEN_TELLINGS:
            return
        self._told = now
        rate = sums.total / max(now - self._began, 0.001)
        line = f"{min(100 * behind // self._size, 100):3d}%  {sums.total} users, {rate:.0f} a second"
        print(f"{line}, {sums.failed} failed" if sums.failed else line, file=sys.stderr, flush=True)


def _batches(content: BinaryIO) -> Iterator[list[Record]]:
    splitter, held = RecordSplitter(), list[Record]()
    while piece := content.read(_PIECE):
        for record in splitter.feed(piece):
            held.append(record)
            if len(held) == _BATCH:
                yield held
                held = []
    held += splitter.finish()
    if held:
        yield held
