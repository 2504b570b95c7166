"""Families of refresh tokens by their user or client, and their revocation by the dozen.

No request of the protocol comes here. Statements are compiled once for each set of filters.
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    Delete,
    Executable,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    func,
    literal,
    select,
    update,
)

from gatewright.kernel.units import Change, Unit
from gatewright.oauth.model import NotedFamily, Whose
from gatewright.oauth.vocabulary import CODE_MEMORY, GRANT_MEMORY
from gatewright.sessions import Note
from gatewright.storage.database import Database, Row
from gatewright.storage.documents import decoder, encode
from gatewright.storage.planning import likely, rare
from gatewright.storage.schema import codes, revoked_grants
from gatewright.storage.schema import token_families as families
from gatewright.storage.statement import POSTGRESQL, Statement, dialect_insert
from gatewright.storage.token_families import FAMILY, family_of

_HERE = families.c.tenant_id == bindparam("tenant_id")
_THIS = and_(_HERE, families.c.grant_id == bindparam("grant_id"))
_NOTED = select(*FAMILY, families.c.metadata)
_GET = Statement(_NOTED.where(_THIS))
_NOTE = Statement(
    update(families)
    .where(
        _THIS,
        families.c.revoked_at.is_(None),
        func.coalesce(families.c.metadata, "") == bindparam("seen"),
    )
    .values(metadata=bindparam("new_metadata"))
)
_MOST: ColumnElement[int] = bindparam("most", type_=BigInteger)
_SKIPPED: ColumnElement[int] = bindparam("skipped", type_=BigInteger)
_Names = frozenset[str]
_decode_note = decoder(Note).decode


class SqlFamilyIndex:
    """See ``oauth.store.FamilyIndex``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def noted(self, tenant_id: str, grant_id: str) -> NotedFamily | None:
        """See ``FamilyIndex.noted``."""
        row = await self._database.fetch_one(_GET, tenant_id=tenant_id, grant_id=grant_id)
        return _noted(row) if row else None

    async def alive(
        self, tenant_id: str, whose: Whose, *, now: int, after: str = "", skip: int = 0, limit: int
    ) -> list[NotedFamily]:
        """See ``FamilyIndex.alive``."""
        values = _values(whose)
        rows = await self._database.scan(
            _page(frozenset(values)),
            tenant_id=tenant_id,
            now=now,
            after=after,
            skipped=skip,
            most=limit,
            **values,
        )
        return list(map(_noted, rows))

    async def count(self, tenant_id: str, whose: Whose, *, now: int, most: int) -> int:
        """See ``FamilyIndex.count``."""
        values = _values(whose)
        rows = await self._database.scan(
            _count(frozenset(values)), tenant_id=tenant_id, now=now, most=most, **values
        )
        return int(rows[0][0])

    def note(self, tenant_id: str, noted: NotedFamily, note: Note | None) -> Change:
        """See ``FamilyIndex.note``."""
        return _NOTE.change(
            must_match=True,
            tenant_id=tenant_id,
            grant_id=noted.family.grant.grant_id,
            seen=encode(noted.note) if noted.note else "",
            new_metadata=encode(note) if note else None,
        )

    def revoke(self, tenant_id: str, whose: Whose, *, at: int) -> Unit:
        """See ``FamilyIndex.revoke``."""
        values = _values(whose)
        names = frozenset(values)
        here: dict[str, Any] = {"tenant_id": tenant_id, **values}
        return (
            _revoke_grants(names).change(**here, forget_at=at + GRANT_MEMORY),
            _revoke_families(names).change(**here, at=at, sweep_at=at + GRANT_MEMORY),
            _drop_codes(names).change(**here, spendable=at + CODE_MEMORY),
        )


def _values(whose: Whose) -> dict[str, Any]:
    """What is said of them, by the names of its parameters."""
    said = {"user_id": whose.user_id, "client_id": whose.client_id, "sid": whose.sid}
    audience = {} if whose.audience is None else {"audience": whose.audience}
    return {name: value for name, value in said.items() if value} | audience


@lru_cache
def _page(names: _Names) -> Statement:
    def express(dialect: str) -> Executable:
        page = _alive(_NOTED, names, dialect).where(families.c.grant_id > bindparam("after"))
        return page.order_by(families.c.grant_id).limit(_MOST).offset(_SKIPPED)

    return Statement(express)


@lru_cache
def _count(names: _Names) -> Statement:
    def express(dialect: str) -> Executable:
        some = _alive(select(families.c.grant_id), names, dialect).limit(_MOST)
        return select(func.count()).select_from(some.subquery())

    return Statement(express)


@lru_cache
def _revoke_grants(names: _Names) -> Statement:
    """What the grants gave besides, opaque access tokens above all, is refused from now on too."""
    columns = ("tenant_id", "grant_id", "expires_at")

    def express(dialect: str) -> Executable:
        meant = select(
            families.c.tenant_id, families.c.grant_id, cast(bindparam("forget_at"), BigInteger)
        ).where(_of_families(names, dialect), families.c.revoked_at.is_(None))
        insert = dialect_insert(dialect)(revoked_grants).from_select(list(columns), meant)
        done: Executable = insert.on_conflict_do_nothing(index_elements=["tenant_id", "grant_id"])
        return done

    return Statement(express)


@lru_cache
def _revoke_families(names: _Names) -> Statement:
    return Statement(
        lambda dialect: (
            update(families)
            .where(_of_families(names, dialect), families.c.revoked_at.is_(None))
            .values(revoked_at=bindparam("at"), sweep_at=bindparam("sweep_at"))
        )
    )


@lru_cache
def _drop_codes(names: _Names) -> Statement:
    """Codes that can still be redeemed are those of the last minute: an index by expiry finds them."""

    def express(dialect: str) -> Delete:
        said = [
            (codes.c.user_id if name == "user_id" else _of_grant(codes.c.doc, name, dialect))
            == bindparam(name)
            for name in sorted(names)
        ]
        spendable = rare(codes.c.expires_at > bindparam("spendable"), dialect)
        here = likely(codes.c.tenant_id == bindparam("tenant_id"), dialect)
        return delete(codes).where(here, spendable, *said)

    return Statement(express)


def _alive(of: Select[*tuple[object, ...]], names: _Names, dialect: str) -> Select[*tuple[object, ...]]:
    return of.where(
        _of_families(names, dialect),
        families.c.revoked_at.is_(None),
        families.c.expires_at > bindparam("now"),
    )


def _of_families(names: _Names, dialect: str) -> ColumnElement[bool]:
    said = {
        name: (families.c[name] if name in families.c else _of_grant(families.c.doc, name, dialect))
        == bindparam(name)
        for name in sorted(names)
    }
    if "user_id" in said:
        said["user_id"] = rare(said["user_id"], dialect)
    return and_(_HERE, *said.values())


def _of_grant(document: Column[str], name: str, dialect: str) -> ColumnElement[str]:
    """A text of the grant in a document; "" where there is none."""
    if dialect == POSTGRESQL:
        found = func.json_extract_path_text(cast(document, JSON), literal("grant"), literal(name), type_=Text)
    else:
        found = func.json_extract(document, f"$.grant.{name}", type_=Text)
    return func.coalesce(found, "")


def _noted(row: Row) -> NotedFamily:
    return NotedFamily(family_of(row), _decode_note(row[5]) if row[5] else None)
