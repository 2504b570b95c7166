"""Which way out a tenant's mail takes: its own server where it has one, otherwise the installation's."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from gatewright.jose import Unsealable
from gatewright.messages.provider import WHERE_IT_IS_SET, EmailProvider, MailProviders
from gatewright.messages.settings import MailSettingsStore
from gatewright.messages.transports import Reach, Session, Transport, Unreachable, smtp_transport


class OwnTransports(Protocol):
    """Tenants' own ways out."""

    async def of(self, tenant_id: str) -> Transport | None:
        """The tenant's own; ``None`` for one that has none, or switched it off."""
        ...


class TenantTransports:
    """See ``OwnTransports``. ``reach`` limits where tenants' servers may be."""

    def __init__(self, store: MailSettingsStore, providers: MailProviders, reach: Reach) -> None:
        self._store = store
        self._providers = providers
        self._reach = reach
        self._made: dict[str, tuple[EmailProvider, Transport]] = {}

    async def of(self, tenant_id: str) -> Transport | None:
        """See ``OwnTransports.of``."""
        provider = (await self._store.get(tenant_id)).provider
        if provider is None or not provider.enabled:
            self._made.pop(tenant_id, None)
            return None
        known = self._made.get(tenant_id)
        if known is None or known[0] != provider:
            known = self._made[tenant_id] = (provider, self._transport(tenant_id, provider))
        return known[1]

    def _transport(self, tenant_id: str, provider: EmailProvider) -> Transport:
        try:
            return smtp_transport(self._providers.relay(tenant_id, provider), self._reach)
        except Unsealable as error:
            return _Locked(f"the password of {WHERE_IT_IS_SET} cannot be read: {error}; set it again")


class _Locked:
    """A server whose password nobody can read."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def session(self) -> AbstractAsyncContextManager[Session]:
        """See ``Transport.session``."""
        raise Unreachable(self._reason)
