"""How far each log stream got, and who delivers it now."""

from sqlalchemy import bindparam, select, update

from gatewright.kernel.units import Change
from gatewright.log_streams import Progress
from gatewright.storage.database import Database
from gatewright.storage.documents import decoder, encode
from gatewright.storage.schema import log_progress, log_streams
from gatewright.storage.statement import Statement

_HERE = (log_progress.c.tenant_id == bindparam("tenant_id"), log_progress.c.stream_id == bindparam("id"))
_EVERYTHING = Statement(
    select(log_streams.c.tenant_id, log_streams.c.stream_id).where(log_streams.c.status == "active")
)
_TAKE = Statement(
    update(log_progress)
    .where(*_HERE, log_progress.c.free_at <= bindparam("now"))
    .values(owner=bindparam("holder"), free_at=bindparam("until"))
    .returning(
        log_progress.c.position, log_progress.c.recent, log_progress.c.tries, log_progress.c.failing_since
    )
)
_FREE_AT = Statement(select(log_progress.c.free_at).where(*_HERE))
_SAVE = Statement(
    update(log_progress)
    .where(*_HERE, log_progress.c.owner == bindparam("holder"))
    .values(
        **{
            name: bindparam(f"new_{name}")
            for name in ("owner", "free_at", "position", "recent", "tries", "failing_since")
        }
    )
)
_decode = decoder(dict[int, int]).decode


class SqlLogProgress:
    """See ``log_streams.ProgressStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def everything(self) -> list[tuple[str, str]]:
        """See ``ProgressStore.everything``."""
        return [(row[0], row[1]) for row in await self._database.scan(_EVERYTHING)]

    async def take(
        self, tenant_id: str, stream_id: str, *, owner: str, now: int, until: int
    ) -> Progress | None:
        """See ``ProgressStore.take``."""
        row = await self._database.take(
            _TAKE.change(tenant_id=tenant_id, id=stream_id, holder=owner, now=now, until=until)
        )
        if row is None:
            return None
        position, recent, tries, failing_since = row
        return Progress(position=position, recent=_decode(recent), tries=tries, failing_since=failing_since)

    async def free_at(self, tenant_id: str, stream_id: str) -> int | None:
        """See ``ProgressStore.free_at``."""
        row = await self._database.fetch_one(_FREE_AT, tenant_id=tenant_id, id=stream_id)
        return row[0] if row else None

    def advance(
        self, tenant_id: str, stream_id: str, progress: Progress, *, owner: str, until: int
    ) -> Change:
        """See ``ProgressStore.advance``."""
        return _saved(tenant_id, stream_id, progress, owner=owner, new_owner=owner, free_at=until)

    def release(self, tenant_id: str, stream_id: str, progress: Progress, *, owner: str, at: int) -> Change:
        """See ``ProgressStore.release``."""
        return _saved(tenant_id, stream_id, progress, owner=owner, new_owner="", free_at=at)


def _saved(
    tenant_id: str, stream_id: str, progress: Progress, *, owner: str, new_owner: str, free_at: int
) -> Change:
    return _SAVE.change(
        must_match=True,
        tenant_id=tenant_id,
        id=stream_id,
        holder=owner,
        new_owner=new_owner,
        new_free_at=free_at,
        new_position=progress.position,
        new_recent=encode(progress.recent),
        new_tries=progress.tries,
        new_failing_since=progress.failing_since,
    )
