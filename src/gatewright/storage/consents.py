"""Consents."""

from sqlalchemy import bindparam, delete, select

from gatewright.consents import Consent
from gatewright.kernel.units import Change
from gatewright.storage.database import Database
from gatewright.storage.schema import consents
from gatewright.storage.statement import Statement, upsert

_KEYS = ("tenant_id", "user_id", "client_id", "audience")
_THIS = tuple(consents.c[name] == bindparam(name) for name in _KEYS)
_GET = Statement(select(consents.c.scopes, consents.c.granted_at).where(*_THIS))
_PUT = upsert(consents, keys=_KEYS, update=("scopes", "granted_at"))
_WITHDRAW = Statement(delete(consents).where(*_THIS))


class SqlConsents:
    """See ``consents.ConsentStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, tenant_id: str, user_id: str, client_id: str, audience: str) -> Consent | None:
        """See ``ConsentStore.get``."""
        row = await self._database.fetch_one(
            _GET, tenant_id=tenant_id, user_id=user_id, client_id=client_id, audience=audience
        )
        if row is None:
            return None
        return Consent(
            user_id=user_id,
            client_id=client_id,
            audience=audience,
            scopes=frozenset(row[0].split()),
            granted_at=row[1],
        )

    def put(self, tenant_id: str, consent: Consent) -> Change:
        """See ``ConsentStore.put``."""
        return _PUT.change(
            tenant_id=tenant_id,
            user_id=consent.user_id,
            client_id=consent.client_id,
            audience=consent.audience,
            scopes=" ".join(sorted(consent.scopes)),
            granted_at=consent.granted_at,
        )

    def withdraw(self, tenant_id: str, user_id: str, client_id: str, audience: str) -> Change:
        """See ``ConsentStore.withdraw``."""
        return _WITHDRAW.change(tenant_id=tenant_id, user_id=user_id, client_id=client_id, audience=audience)
