"""What a deleted connection leaves behind: its people, removed a few at a time until nobody is left.

Nobody comes in through a connection that is gone, so this work may take its time, and may be cut short at
any moment: what is left is found again by looking for identities whose connection is not there.
"""

import logging
from contextlib import suppress

import orjson
from sqlalchemy import JSON, BindParameter, Delete, Table, Text, bindparam, cast, func, select

from gatewright.kernel.clock import Clock
from gatewright.kernel.events import Bus
from gatewright.kernel.units import Unit, Unmatched
from gatewright.storage.database import Database
from gatewright.storage.lost_identities import without_identity
from gatewright.storage.schema import connections, identities, users
from gatewright.storage.statement import POSTGRESQL, Statement
from gatewright.storage.user_traces import BY_USER, Whose, passwords_of, rows_of
from gatewright.storage.users import SqlUsers
from gatewright.users import IdentityLost, UsersLeftBehindRemoved

BATCH = 50
"""People removed in one unit: on SQLite nobody else in the process is served while it lasts."""

_log = logging.getLogger(__name__)

_TENANT: BindParameter[str] = bindparam("tenant_id")
# One step in an index each, however many people there are: a comparison of pairs would walk over them.
_NEXT_TENANT = Statement(
    select(identities.c.tenant_id)
    .where(identities.c.tenant_id > bindparam("after"))
    .order_by(identities.c.tenant_id)
    .limit(1)
)
_NEXT_CONNECTION = Statement(
    select(identities.c.connection)
    .where(identities.c.tenant_id == _TENANT, identities.c.connection > bindparam("after"))
    .order_by(identities.c.connection)
    .limit(1)
)
_IS_THERE = Statement(
    select(connections.c.connection_id).where(
        connections.c.tenant_id == _TENANT, connections.c.name == bindparam("connection")
    )
)
_PEOPLE = Statement(
    select(identities.c.user_id, identities.c.identity_id, identities.c.subject)
    .where(
        identities.c.tenant_id == _TENANT,
        identities.c.connection == bindparam("connection"),
        identities.c.subject > bindparam("after"),
    )
    .order_by(identities.c.subject)
    .limit(BATCH)
)


def _of_people(dialect: str) -> Whose:
    """That a user's id is in the JSON list ``users``."""
    if dialect == POSTGRESQL:
        listed = func.json_array_elements_text(cast(bindparam("users", type_=Text), JSON))
    else:
        listed = func.json_each(bindparam("users", type_=Text))
    ids = select(listed.table_valued("value").c.value)
    return lambda user_id: user_id.in_(ids)


def _drop(table: Table) -> Statement:
    return Statement(lambda dialect: rows_of(table, _of_people(dialect)))


def _drop_users(dialect: str) -> Delete:
    """Only while there is no connection of that name: it may have been made anew since we looked."""
    there = select(connections.c.connection_id).where(
        connections.c.tenant_id == _TENANT, connections.c.name == bindparam("connection")
    )
    return rows_of(users, _of_people(dialect)).where(~there.exists())


_DROP_USERS = Statement(_drop_users)
_DROP_THE_REST = (
    Statement(lambda dialect: passwords_of(_of_people(dialect))),
    *map(_drop, BY_USER),
)


class Leftovers:
    """Removes the people of connections that are gone.

    A user goes with the connection of their first identity; of another one that was linked, they lose that.
    """

    def __init__(self, database: Database, bus: Bus, clock: Clock) -> None:
        self._database = database
        self._bus = bus
        self._clock = clock
        self._users = SqlUsers(database)

    async def remove(self) -> int:
        """Removes all of them, in every tenant; returns how many people went."""
        removed, tenant = 0, ""
        while row := await self._database.fetch_one(_NEXT_TENANT, after=tenant):
            tenant = row[0]
            removed += await self.remove_of(tenant)
        return removed

    async def remove_of(self, tenant_id: str) -> int:
        """See ``connections.Leftovers``."""
        removed, name = 0, ""
        while row := await self._database.fetch_one(_NEXT_CONNECTION, tenant_id=tenant_id, after=name):
            name = row[0]
            removed += await self._remove(tenant_id, name)
        return removed

    async def _remove(self, tenant_id: str, connection: str) -> int:
        """Removes the people of one connection, if it is gone.

        Several processes may do this at once: each batch is one unit, and belongs to whoever is first.
        """
        removed, last = 0, ""
        place = {"tenant_id": tenant_id, "connection": connection}
        while not await self._database.fetch(_IS_THERE, **place):
            rows = await self._database.scan(_PEOPLE, **place, after=last)
            if not rows:
                break
            last = rows[-1][2]
            removed += await self._remove_some(
                tenant_id, connection, [user_id for user_id, identity_id, _ in rows if user_id == identity_id]
            )
            for user_id, identity_id, _ in rows:
                if user_id != identity_id:
                    await self._take_away(tenant_id, connection, user_id, identity_id)
        if removed:
            _log.info("%d users of the deleted connection %s removed", removed, connection)
        return removed

    async def _remove_some(self, tenant_id: str, connection: str, user_ids: list[str]) -> int:
        if not user_ids:
            return 0
        users = orjson.dumps(user_ids).decode()
        unit: Unit = (
            _DROP_USERS.change(must_match=True, tenant_id=tenant_id, connection=connection, users=users),
            *(drop.change(tenant_id=tenant_id, users=users) for drop in _DROP_THE_REST),
        )
        event = UsersLeftBehindRemoved(
            tenant_id=tenant_id,
            at=self._clock.now(),
            connection=connection,
            description="The connection of these users was deleted.",
            details={"users": user_ids},
        )
        try:
            return (await self._bus.commit(unit, event))[0]
        except Unmatched:  # somebody else removed them, or the connection is there again
            return 0

    async def _take_away(self, tenant_id: str, connection: str, user_id: str, identity_id: str) -> None:
        """What somebody else does to the user at this moment goes first; the next sweep finds it again."""
        user = await self._users.get(tenant_id, user_id)
        if user is None:
            return
        event = IdentityLost(
            tenant_id=tenant_id,
            at=self._clock.now(),
            user_id=user_id,
            user_name=user.display_name,
            connection=connection,
            description="The connection of this identity was deleted.",
            details={"identity": identity_id},
        )
        with suppress(Unmatched):
            await self._bus.commit(without_identity(tenant_id, user, identity_id, connection), event)
