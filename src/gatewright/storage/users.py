"""Users, their identities, identifiers and passwords."""

from collections.abc import Collection
from typing import Literal

from sqlalchemy import (
    JSON,
    ColumnElement,
    ScalarSelect,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
    update,
)

from gatewright.kernel.units import Change, Unit
from gatewright.storage.database import Database
from gatewright.storage.documents import decoder, encode
from gatewright.storage.schema import identifiers, identities, passwords, users
from gatewright.storage.statement import POSTGRESQL, Statement, upsert
from gatewright.storage.user_linking import linked, unlinked
from gatewright.storage.user_rows import inserted, updated
from gatewright.storage.user_traces import BY_USER, passwords_of, rows_of
from gatewright.users import Credentials, Identifier, User

_GET = Statement(
    select(users.c.doc).where(
        users.c.tenant_id == bindparam("tenant_id"), users.c.user_id == bindparam("user_id")
    )
)
_CREDENTIALS = Statement(
    select(users.c.doc, passwords.c.hash, identifiers.c.identity_id)
    .select_from(
        identifiers.join(
            users,
            and_(
                users.c.tenant_id == identifiers.c.tenant_id,
                users.c.user_id == identifiers.c.user_id,
            ),
        ).outerjoin(
            passwords,
            and_(
                passwords.c.tenant_id == identifiers.c.tenant_id,
                passwords.c.identity_id == identifiers.c.identity_id,
            ),
        )
    )
    .where(
        identifiers.c.tenant_id == bindparam("tenant_id"),
        identifiers.c.connection == bindparam("connection"),
        identifiers.c.kind == bindparam("kind"),
        identifiers.c.value == bindparam("value"),
    )
)
_HASH = Statement(
    select(passwords.c.hash).where(
        passwords.c.tenant_id == bindparam("tenant_id"), passwords.c.identity_id == bindparam("identity_id")
    )
)
_PAGE = Statement(
    select(users.c.doc)
    .where(users.c.tenant_id == bindparam("tenant_id"), users.c.user_id > bindparam("after"))
    .order_by(users.c.user_id)
    .limit(bindparam("most"))
)
_INSERT_IDENTITY = Statement(
    insert(identities).values(
        **{name: bindparam(name) for name in ("tenant_id", "connection", "subject", "user_id", "identity_id")}
    )
)
_INSERT_IDENTIFIER = Statement(
    insert(identifiers).values(
        **{
            name: bindparam(name)
            for name in ("tenant_id", "connection", "kind", "value", "user_id", "identity_id")
        }
    )
)
_DROP_IDENTIFIERS = Statement(
    delete(identifiers).where(
        identifiers.c.tenant_id == bindparam("tenant_id"),
        identifiers.c.user_id == bindparam("user_id"),
        identifiers.c.identity_id == bindparam("identity_id"),
    )
)
_SET_PASSWORD = upsert(passwords, keys=("tenant_id", "identity_id"), update=("hash", "set_at"))


def _listed(dialect: str) -> ScalarSelect[str]:
    """The texts in the JSON list ``listed``."""
    if dialect == POSTGRESQL:
        rows = func.json_array_elements_text(cast(bindparam("listed", type_=Text), JSON))
    else:
        rows = func.json_each(bindparam("listed", type_=Text))
    return select(rows.table_valued("value").c.value).scalar_subquery()


_OWNERS = Statement(
    lambda dialect: select(identifiers.c.value, identifiers.c.user_id).where(
        identifiers.c.tenant_id == bindparam("tenant_id"),
        identifiers.c.connection == bindparam("connection"),
        identifiers.c.kind == bindparam("kind"),
        identifiers.c.value.in_(_listed(dialect)),
    )
)
_MANY = Statement(
    lambda dialect: select(users.c.doc).where(
        users.c.tenant_id == bindparam("tenant_id"), users.c.user_id.in_(_listed(dialect))
    )
)
_MANY_HASHES = Statement(
    lambda dialect: select(passwords.c.identity_id, passwords.c.hash).where(
        passwords.c.tenant_id == bindparam("tenant_id"), passwords.c.identity_id.in_(_listed(dialect))
    )
)
_RENEW_HASH = Statement(
    update(passwords)
    .where(
        passwords.c.tenant_id == bindparam("tenant_id"),
        passwords.c.identity_id == bindparam("identity_id"),
        passwords.c.hash == bindparam("seen"),
    )
    .values(hash=bindparam("fresh"))
)
_decode = decoder(User).decode


def _this_one(user_id: ColumnElement[str]) -> ColumnElement[bool]:
    return user_id == bindparam("user_id")


_DELETE = Statement(rows_of(users, _this_one))
_DELETE_TRACES = (
    Statement(passwords_of(_this_one)),
    *(Statement(rows_of(table, _this_one)) for table in BY_USER),
)


class SqlUsers:
    """See ``users.UserStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, tenant_id: str, user_id: str) -> User | None:
        """See ``UserStore.get``."""
        row = await self._database.fetch_one(_GET, tenant_id=tenant_id, user_id=user_id)
        return _decode(row[0]) if row else None

    async def credentials(
        self, tenant_id: str, connection: str, identifier: Identifier
    ) -> Credentials | None:
        """See ``UserStore.credentials``."""
        row = await self._database.fetch_one(
            _CREDENTIALS,
            tenant_id=tenant_id,
            connection=connection,
            kind=identifier.kind,
            value=identifier.value,
        )
        return Credentials(_decode(row[0]), row[1], row[2]) if row else None

    async def password_hash(self, tenant_id: str, identity_id: str) -> str | None:
        """See ``UserStore.password_hash``."""
        row = await self._database.fetch_one(_HASH, tenant_id=tenant_id, identity_id=identity_id)
        return row[0] if row else None

    async def owners(
        self, tenant_id: str, connection: str, identifiers: Collection[Identifier]
    ) -> dict[Identifier, str]:
        """See ``UserStore.owners``."""
        found = {}
        kinds: tuple[Literal["email", "username"], ...] = ("email", "username")
        for kind in kinds:
            values = [identifier.value for identifier in identifiers if identifier.kind == kind]
            if values:
                rows = await self._database.scan(
                    _OWNERS, tenant_id=tenant_id, connection=connection, kind=kind, listed=encode(values)
                )
                found.update({Identifier(kind, value): user_id for value, user_id in rows})
        return found

    async def many(
        self, tenant_id: str, connection: str, user_ids: Collection[str]
    ) -> dict[str, Credentials]:
        """See ``UserStore.many``."""
        if not user_ids:
            return {}
        rows = await self._database.scan(_MANY, tenant_id=tenant_id, listed=encode(list(user_ids)))
        found = [_decode(row[0]) for row in rows]
        opened = {user.user_id: user.password_id(connection) for user in found}
        hashes = await self._database.scan(
            _MANY_HASHES, tenant_id=tenant_id, listed=encode(list(opened.values()))
        )
        by_identity: dict[str, str] = {row[0]: row[1] for row in hashes}
        return {
            user.user_id: Credentials(user, by_identity.get(opened[user.user_id]), opened[user.user_id])
            for user in found
        }

    async def page(self, tenant_id: str, *, after: str, limit: int) -> list[User]:
        """See ``UserStore.page``."""
        rows = await self._database.scan(_PAGE, tenant_id=tenant_id, after=after, most=limit)
        return [_decode(row[0]) for row in rows]

    def insert(self, tenant_id: str, user: User, identifiers: tuple[Identifier, ...]) -> Unit:
        """See ``UserStore.insert``. Identifiers come first: they are what may be taken."""
        return (
            *_identified(tenant_id, user, identifiers),
            *(
                _INSERT_IDENTITY.change(
                    tenant_id=tenant_id,
                    connection=identity.connection,
                    subject=identity.user_id,
                    user_id=user.user_id,
                    identity_id=identity.identity_id,
                )
                for identity in user.identities
            ),
            inserted(tenant_id, user),
        )

    def update(self, tenant_id: str, user: User) -> Change:
        """See ``UserStore.update``."""
        return updated(tenant_id, user)

    def set_identifiers(self, tenant_id: str, user: User, identifiers: tuple[Identifier, ...]) -> Unit:
        """See ``UserStore.set_identifiers``."""
        old = _DROP_IDENTIFIERS.change(
            tenant_id=tenant_id, user_id=user.user_id, identity_id=_first_identity(user)
        )
        return (old, *_identified(tenant_id, user, identifiers))

    def set_password(self, tenant_id: str, identity_id: str, password_hash: str, at: int) -> Change:
        """See ``UserStore.set_password``."""
        return _SET_PASSWORD.change(
            tenant_id=tenant_id, identity_id=identity_id, hash=password_hash, set_at=at
        )

    def link(self, tenant_id: str, primary: User, secondary: User) -> Unit:
        """See ``UserStore.link``."""
        return linked(tenant_id, primary, secondary)

    def unlink(self, tenant_id: str, primary: User, restored: User) -> Unit:
        """See ``UserStore.unlink``."""
        return unlinked(tenant_id, primary, restored)

    def renew_hash(self, tenant_id: str, identity_id: str, *, seen: str, fresh: str) -> Change:
        """See ``UserStore.renew_hash``."""
        return _RENEW_HASH.change(
            must_match=True, tenant_id=tenant_id, identity_id=identity_id, seen=seen, fresh=fresh
        )

    def delete(self, tenant_id: str, user_id: str) -> Unit:
        """See ``UserStore.delete``."""
        gone = _DELETE.change(must_match=True, tenant_id=tenant_id, user_id=user_id)
        traces = (drop.change(tenant_id=tenant_id, user_id=user_id) for drop in _DELETE_TRACES)
        return (gone, *traces)


def _identified(tenant_id: str, user: User, identifiers: tuple[Identifier, ...]) -> Unit:
    return tuple(
        _INSERT_IDENTIFIER.change(
            tenant_id=tenant_id,
            connection=user.connection,
            kind=identifier.kind,
            value=identifier.value,
            user_id=user.user_id,
            identity_id=_first_identity(user),
        )
        for identifier in identifiers
    )


def _first_identity(user: User) -> str:
    return user.identities[0].identity_id if user.identities else user.user_id
