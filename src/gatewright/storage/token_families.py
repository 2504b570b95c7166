"""Refresh token families: one row each, moved from generation to generation by one conditional update."""

import msgspec
from sqlalchemy import and_, bindparam, insert, literal, select, update

from gatewright.kernel.units import Change
from gatewright.oauth.model import Family, Grant
from gatewright.oauth.vocabulary import GRANT_MEMORY
from gatewright.storage.database import Database, Row
from gatewright.storage.documents import decoder, encode
from gatewright.storage.planning import rare
from gatewright.storage.schema import token_families as families
from gatewright.storage.schema import users
from gatewright.storage.statement import Statement
from gatewright.users import User

_NEVER = 253_402_300_799
"""The last second of the year 9999, stored for "never" so that expiry stays one comparison."""

_COLUMNS = (
    "tenant_id",
    "grant_id",
    "user_id",
    "client_id",
    "sid",
    "generation",
    "rotated_at",
    "expires_at",
    "sweep_at",
    "doc",
)
_PUT = Statement(
    insert(families).values(
        revoked_at=literal(None), metadata=literal(None), **{name: bindparam(name) for name in _COLUMNS}
    )
)
_HERE = families.c.tenant_id == bindparam("tenant_id")
_THIS = and_(_HERE, families.c.grant_id == bindparam("grant_id"))
FAMILY = (
    families.c.doc,
    families.c.generation,
    families.c.rotated_at,
    families.c.revoked_at,
    families.c.expires_at,
)
"""What a family is read from, see ``family_of``."""

_GET = Statement(
    select(*FAMILY, users.c.doc)
    .select_from(
        families.outerjoin(
            users, and_(users.c.tenant_id == families.c.tenant_id, users.c.user_id == families.c.user_id)
        )
    )
    .where(_THIS)
)
_ROTATE = Statement(
    update(families)
    .where(_THIS, families.c.generation == bindparam("seen"), families.c.revoked_at.is_(None))
    .values(
        generation=bindparam("following"),
        rotated_at=bindparam("at"),
        expires_at=bindparam("expires_at"),
    )
)
_REVOKE_GRANT = Statement(
    update(families)
    .where(_THIS, families.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("at"), sweep_at=bindparam("sweep_at"))
)
_REVOKE_USER = Statement(
    lambda dialect: (
        update(families)
        .where(
            _HERE,
            rare(families.c.user_id == bindparam("user_id"), dialect),
            families.c.revoked_at.is_(None),
        )
        .values(revoked_at=bindparam("at"), sweep_at=bindparam("sweep_at"))
    )
)


class _Document(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The part of a family that never changes."""

    grant: Grant
    created_at: int
    ends_at: int | None = None
    ip: str = ""
    user_agent: str = ""


_decode = decoder(_Document).decode
_decode_user = decoder(User).decode


class SqlTokenFamilies:
    """The part of ``oauth.store.AuthorizationStore`` that keeps families."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put_family(self, tenant_id: str, family: Family) -> Change:
        """See ``AuthorizationStore.put_family``."""
        grant = family.grant
        return _PUT.change(
            tenant_id=tenant_id,
            grant_id=grant.grant_id,
            user_id=grant.user_id,
            client_id=grant.client_id,
            sid=grant.sid,
            generation=family.generation,
            rotated_at=family.rotated_at,
            expires_at=_stored(family.expires_at),
            sweep_at=_stored(family.expires_at),
            doc=encode(_document(family)),
        )

    async def family(self, tenant_id: str, grant_id: str) -> tuple[Family, User | None] | None:
        """See ``AuthorizationStore.family``."""
        row = await self._database.fetch_one(_GET, tenant_id=tenant_id, grant_id=grant_id)
        if row is None:
            return None
        return family_of(row), _decode_user(row[5]) if row[5] else None

    def rotate(self, tenant_id: str, family: Family, *, to: int, at: int, expires_at: int | None) -> Change:
        """See ``AuthorizationStore.rotate``."""
        return _ROTATE.change(
            must_match=True,
            tenant_id=tenant_id,
            grant_id=family.grant.grant_id,
            seen=family.generation,
            following=to,
            at=at,
            expires_at=_stored(expires_at),
        )

    def revoke_family_of(self, tenant_id: str, grant_id: str, at: int) -> Change:
        """Revokes the family that descends from the grant, if there is one."""
        return _REVOKE_GRANT.change(tenant_id=tenant_id, grant_id=grant_id, at=at, sweep_at=at + GRANT_MEMORY)

    def revoke_all_of(self, tenant_id: str, user_id: str, at: int) -> Change:
        """See ``AuthorizationStore.revoke_all_of``."""
        return _REVOKE_USER.change(tenant_id=tenant_id, user_id=user_id, at=at, sweep_at=at + GRANT_MEMORY)


def family_of(row: Row) -> Family:
    """The family in a row that begins with the columns of ``FAMILY``."""
    document = _decode(row[0])
    return Family(
        grant=document.grant,
        created_at=document.created_at,
        generation=row[1],
        rotated_at=row[2],
        revoked_at=row[3],
        expires_at=_read(row[4]),
        ends_at=document.ends_at,
        ip=document.ip,
        user_agent=document.user_agent,
    )


def _document(family: Family) -> _Document:
    return _Document(
        grant=family.grant,
        created_at=family.created_at,
        ends_at=family.ends_at,
        ip=family.ip,
        user_agent=family.user_agent,
    )


def _stored(time: int | None) -> int:
    return _NEVER if time is None else time


def _read(time: int) -> int | None:
    return None if time == _NEVER else time
