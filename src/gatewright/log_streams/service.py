"""What one may do with log streams: find them, and handle their secrets."""

import msgspec

from gatewright.jose import MasterKey
from gatewright.log_streams.model import NO_SECRETS, LogStream, SinkSecrets
from gatewright.log_streams.store import LogStreamStore

_decode = msgspec.json.Decoder(SinkSecrets).decode


class LogStreams:
    """The streams of all tenants."""

    def __init__(self, store: LogStreamStore, master_key: MasterKey) -> None:
        self._store = store
        self._master_key = master_key

    async def all(self, tenant_id: str) -> list[LogStream]:
        """Every stream of the tenant, by name."""
        return await self._store.all(tenant_id)

    async def active(self, tenant_id: str) -> list[LogStream]:
        """The streams that are to be delivered."""
        return [stream for stream in await self._store.all(tenant_id) if stream.status == "active"]

    def sealed(self, tenant_id: str, stream_id: str, secrets: SinkSecrets) -> str:
        """The secrets in the form in which they are kept; "" for none."""
        if secrets == NO_SECRETS:
            return ""
        return self._master_key.seal(msgspec.json.encode(secrets).decode(), _place(tenant_id, stream_id))

    def secrets(self, tenant_id: str, stream: LogStream) -> SinkSecrets:
        """The secrets in clear. Raises ``Unsealable``."""
        if not stream.sealed:
            return NO_SECRETS
        return _decode(self._master_key.unseal(stream.sealed, _place(tenant_id, stream.stream_id)))


def _place(tenant_id: str, stream_id: str) -> str:
    return f"{tenant_id}/log_stream/{stream_id}"
