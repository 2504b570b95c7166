"""Log streams."""

from sqlalchemy import bindparam, delete, insert, select, update

from gatewright.kernel.ids import log_ids_from
from gatewright.kernel.units import Change, Unit
from gatewright.log_streams import LogStream
from gatewright.storage.cache import RevisionCache
from gatewright.storage.database import Database
from gatewright.storage.documents import decoder, encode
from gatewright.storage.schema import log_progress, log_streams
from gatewright.storage.statement import Statement

_HERE = log_streams.c.tenant_id == bindparam("tenant_id")
_ONE = (_HERE, log_streams.c.stream_id == bindparam("id"))
_ALL = Statement(select(log_streams.c.doc).where(_HERE).order_by(log_streams.c.name, log_streams.c.stream_id))
_INSERT = Statement(
    insert(log_streams).values(
        **{name: bindparam(name) for name in ("tenant_id", "stream_id", "name", "status", "doc")}
    )
)
_UPDATE = Statement(
    update(log_streams)
    .where(*_ONE)
    .values(name=bindparam("new_name"), status=bindparam("new_status"), doc=bindparam("new_doc"))
)
_DELETE = Statement(delete(log_streams).where(*_ONE))

_PROGRESS = (log_progress.c.tenant_id == bindparam("tenant_id"), log_progress.c.stream_id == bindparam("id"))
_BEGIN = Statement(
    insert(log_progress).values(
        **{name: bindparam(name) for name in ("tenant_id", "stream_id", "position")},
        owner="",
        free_at=0,
        tries=0,
        recent="{}",
    )
)
_RENEW = Statement(update(log_progress).where(*_PROGRESS).values(free_at=0, tries=0, failing_since=None))
_FORGET = Statement(delete(log_progress).where(*_PROGRESS))
_decode = decoder(LogStream).decode


class SqlLogStreams:
    """See ``log_streams.LogStreamStore``."""

    def __init__(self, database: Database, cache: RevisionCache) -> None:
        self._database = database
        self._cache = cache

    async def all(self, tenant_id: str) -> list[LogStream]:
        """See ``LogStreamStore.all``."""

        async def load() -> list[LogStream]:
            return [_decode(row[0]) for row in await self._database.fetch(_ALL, tenant_id=tenant_id)]

        return await self._cache.get(tenant_id, "log_streams", load) or []

    def insert(self, tenant_id: str, stream: LogStream) -> Unit:
        """See ``LogStreamStore.insert``."""
        return (
            _INSERT.change(
                tenant_id=tenant_id,
                stream_id=stream.stream_id,
                name=stream.name,
                status=stream.status,
                doc=encode(stream),
            ),
            _BEGIN.change(
                tenant_id=tenant_id, stream_id=stream.stream_id, position=log_ids_from(stream.begins_at)
            ),
        )

    def update(self, tenant_id: str, stream: LogStream) -> Unit:
        """See ``LogStreamStore.update``."""
        return (
            self.suspend(tenant_id, stream),
            _RENEW.change(tenant_id=tenant_id, id=stream.stream_id),
        )

    def suspend(self, tenant_id: str, stream: LogStream) -> Change:
        """See ``LogStreamStore.suspend``."""
        return _UPDATE.change(
            must_match=True,
            tenant_id=tenant_id,
            id=stream.stream_id,
            new_name=stream.name,
            new_status=stream.status,
            new_doc=encode(stream),
        )

    def delete(self, tenant_id: str, stream_id: str) -> Unit:
        """See ``LogStreamStore.delete``."""
        return (
            _DELETE.change(must_match=True, tenant_id=tenant_id, id=stream_id),
            _FORGET.change(tenant_id=tenant_id, id=stream_id),
        )
