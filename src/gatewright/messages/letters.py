"""Messages as a tenant wants them: whose they are, and in time in its own words."""

from typing import Protocol

from gatewright.messages.composer import Composer
from gatewright.messages.letterhead import Correspondent
from gatewright.messages.model import MailKind, Message
from gatewright.messages.settings import MailSettingsStore


class Tenant(Correspondent, Protocol):
    """In whose name a message is written, and whose decisions about mail hold."""

    @property
    def tenant_id(self) -> str:
        """Its id."""
        ...


class Letters:
    """Writes messages by what their tenant decided about mail."""

    def __init__(self, composer: Composer, store: MailSettingsStore) -> None:
        self._composer = composer
        self._store = store

    async def write(
        self,
        kind: MailKind,
        *,
        tenant: Tenant,
        locale: str,
        to: str,
        link: str = "",
        code: str = "",
        user_name: str = "",
        client_name: str = "",
        expires_in: int = 0,
    ) -> Message:
        """See ``Composer.compose``."""
        decided = await self._store.get(tenant.tenant_id)
        return self._composer.compose(
            kind,
            tenant=tenant,
            locale=locale,
            to=to,
            sender=decided.sender,
            link=link,
            code=code,
            user_name=user_name,
            client_name=client_name,
            expires_in=expires_in,
        )
