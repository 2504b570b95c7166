"""Consents."""

from functools import lru_cache

from sqlalchemy import BigInteger, ColumnElement, bindparam, delete, func, select

from gatewright.consents import Consent, Given
from gatewright.kernel.units import Change
from gatewright.storage.database import Database
from gatewright.storage.schema import consents
from gatewright.storage.statement import Statement, upsert

_KEYS = ("tenant_id", "user_id", "client_id", "audience")
_THIS = tuple(consents.c[name] == bindparam(name) for name in _KEYS)
_GET = Statement(select(consents.c.scopes, consents.c.granted_at).where(*_THIS))
_MOST: ColumnElement[int] = bindparam("most", type_=BigInteger)
_SKIPPED: ColumnElement[int] = bindparam("skipped", type_=BigInteger)
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

    async def find(self, tenant_id: str, given: Given, *, skip: int = 0, limit: int) -> list[Consent]:
        """See ``ConsentStore.find``."""
        values = _values(given)
        rows = await self._database.scan(
            _page(frozenset(values)), tenant_id=tenant_id, skipped=skip, most=limit, **values
        )
        return [
            Consent(
                user_id=row[0],
                client_id=row[1],
                audience=row[2],
                scopes=frozenset(row[3].split()),
                granted_at=row[4],
            )
            for row in rows
        ]

    async def count(self, tenant_id: str, given: Given, *, most: int) -> int:
        """See ``ConsentStore.count``."""
        values = _values(given)
        rows = await self._database.scan(_count(frozenset(values)), tenant_id=tenant_id, most=most, **values)
        return int(rows[0][0])

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


def _values(given: Given) -> dict[str, str]:
    """What is said of them, by the names of its parameters."""
    said = {"user_id": given.user_id, "client_id": given.client_id}
    audience = {} if given.audience is None else {"audience": given.audience}
    return {name: value for name, value in said.items() if value} | audience


@lru_cache
def _page(names: frozenset[str]) -> Statement:
    columns = ("user_id", "client_id", "audience", "scopes", "granted_at")
    page = select(*(consents.c[name] for name in columns)).where(*_said(names))
    order = (consents.c[name] for name in _KEYS)
    return Statement(page.order_by(*order).limit(_MOST).offset(_SKIPPED))


@lru_cache
def _count(names: frozenset[str]) -> Statement:
    some = select(consents.c.user_id).where(*_said(names)).limit(_MOST)
    return Statement(select(func.count()).select_from(some.subquery()))


def _said(names: frozenset[str]) -> list[ColumnElement[bool]]:
    return [consents.c[name] == bindparam(name) for name in ("tenant_id", *sorted(names))]
