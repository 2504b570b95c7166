"""Records → users, a few at a time, each few in one unit of work.

A record that is wrong never stops the rest. What an administrator did here since (a block, another
address, a password) is not undone by a file that was written elsewhere before.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from gatewright.connections import Connection
from gatewright.kernel.clock import Clock
from gatewright.kernel.units import Duplicate, Unit, Unmatched
from gatewright.provisioning.checks.directory import check_user
from gatewright.provisioning.entry_kinds import UserEntry
from gatewright.provisioning.problems import Problem, shown
from gatewright.provisioning.reading import Entry
from gatewright.provisioning.state import (
    Match,
    Person,
    full_user_id,
    identifiers_of,
    readable_identifiers,
)
from gatewright.provisioning.target.people import changed_user, new_user
from gatewright.transfer.entries import Reading, read
from gatewright.transfer.records import Record
from gatewright.users import Credentials, Identifier, UserStore
from gatewright.users.identifiers import normalised

NOT_CHANGED = frozenset({"user_id", "email", "username", "phone_number", "phone_verified", "blocked"})
"""What an import sets for new users alone."""

_TRIES = 3
_OURS = "$argon2id$"
"""How a password begins that was proved or set here; an import leaves it alone."""

_BUSY = Problem("", "the user is being changed by somebody else all the time; wanted: another try")
_LINKED = Problem("user_id", "is an identity that was linked to another user; wanted: another user_id")


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A record that did not become a user: its number, the record without secrets, and everything wrong."""

    number: int
    user: object
    errors: tuple["Wrong", ...]


class Wrong(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong with a record, as the wire tells it."""

    code: str
    message: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is to be committed for some records; ``last`` is the number of the last of them."""

    last: int
    unit: Unit = ()
    inserted: int = 0
    updated: int = 0
    failures: tuple[Failure, ...] = ()


Commit = Callable[[Outcome], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Known:
    """To whom identifiers and ids belong now."""

    owners: dict[Identifier, str]
    people: dict[str, Credentials]


class Importer:
    """Imports records into one database connection of a tenant; with ``upsert`` it updates whom it finds."""

    def __init__(
        self,
        users: UserStore,
        clock: Clock,
        *,
        tenant_id: str,
        connection: Connection,
        upsert: bool,
    ) -> None:
        self._users = users
        self._clock = clock
        self._tenant_id = tenant_id
        self._connection = connection
        self._upsert = upsert

    async def run(self, records: Sequence[Record], commit: Commit) -> None:
        """Hands the outcomes of ``records`` to ``commit``, in order, each to be committed as one unit.

        There is one for all of them, unless several are about one user.
        Where somebody else was quicker (``Duplicate`` or ``Unmatched``), they are looked at again.
        """
        readings = [read(record, self._connection.name) for record in records]
        for group in _groups(readings):
            try:
                await commit(await self._outcome(group))
            except (Duplicate, Unmatched):
                for reading in group:
                    await self._alone(reading, commit)

    async def _alone(self, reading: Reading, commit: Commit) -> None:
        code, problem = "CONFLICT", _BUSY
        for _ in range(_TRIES):
            try:
                await commit(await self._outcome([reading]))
            except (Duplicate, Unmatched) as error:
                if isinstance(error, Duplicate) and error.table == "identities":
                    code, problem = "DUPLICATED_USER", _LINKED
                continue
            return
        await commit(Outcome(reading.number, failures=(_failure(reading, code, problem),)))

    async def _outcome(self, group: Sequence[Reading]) -> Outcome:
        known = await self._known(group)
        unit: Unit = ()
        inserted, updated, failures = 0, 0, []
        for reading in group:
            change = self._change(reading, known)
            if isinstance(change, Failure):
                failures.append(change)
                continue
            unit += change[0]
            inserted, updated = inserted + change[1], updated + (not change[1])
        return Outcome(group[-1].number, unit, inserted, updated, tuple(failures))

    async def _known(self, group: Sequence[Reading]) -> _Known:
        entries = [reading.entry.value for reading in group if reading.entry]
        identifiers = {one for entry in entries for one in readable_identifiers(entry)}
        owners = await self._users.owners(self._tenant_id, self._connection.name, identifiers)
        named = {full_user_id(entry.user_id) for entry in entries if entry.user_id}
        wanted = named | set(owners.values())
        return _Known(owners, await self._users.many(self._tenant_id, self._connection.name, wanted))

    def _change(self, reading: Reading, known: _Known) -> Failure | tuple[Unit, bool]:
        """What the record changes and whether it makes a user, or why it does not."""
        if reading.entry is None:
            return _failure(reading, "INVALID_FORMAT", *reading.problems)
        entry = reading.entry
        match = _match(entry.value, known)
        if match.person and not self._upsert:
            taken = Problem("", "the user is there already; wanted: upsert, or a user who is not")
            return _failure(reading, "DUPLICATED_USER", taken)
        problems = [*check_user(entry, match, self._connection.options, self._connection.strategy)]
        if match.person:
            problems += _moved(entry, match.person)
        if problems:
            return _failure(reading, "INVALID_FORMAT", *problems)
        if match.person is None:
            return self._insert(entry, reading.hashed), True
        return self._update(entry, match.person, reading.hashed), False

    def _insert(self, entry: Entry[UserEntry], hashed: str) -> Unit:
        now = self._clock.now()
        user = new_user(entry, self._connection.strategy, now)
        made = self._users.insert(self._tenant_id, user, identifiers_of(user))
        return (
            (*made, self._users.set_password(self._tenant_id, user.user_id, hashed, now)) if hashed else made
        )

    def _update(self, entry: Entry[UserEntry], person: Person, hashed: str) -> Unit:
        now, kept = self._clock.now(), person.password_hash
        opened = person.user.password_id(self._connection.name)
        written = Entry(entry.path, entry.value, entry.given - NOT_CHANGED)
        user = changed_user(written, person.user, now)
        is_new_hash = hashed not in ("", kept) and not (kept or "").startswith(_OURS)
        if user == person.user and not is_new_hash:
            return ()
        unit: Unit = (self._users.update(self._tenant_id, user),)
        if not is_new_hash:
            return unit
        if kept is None:
            return (*unit, self._users.set_password(self._tenant_id, opened, hashed, now))
        return (*unit, self._users.renew_hash(self._tenant_id, opened, seen=kept, fresh=hashed))


def _groups(readings: Sequence[Reading]) -> Iterator[list[Reading]]:
    """Runs of records none of which names whom another one of the run names."""
    group: list[Reading] = []
    claimed: set[object] = set()
    for reading in readings:
        names: set[object] = set()
        if reading.entry:
            names = set(readable_identifiers(reading.entry.value))
            names |= {full_user_id(reading.entry.value.user_id)} - {""}
        if claimed & names:
            yield group
            group, claimed = [], set()
        group.append(reading)
        claimed |= names
    if group:
        yield group


def _match(entry: UserEntry, known: _Known) -> Match:
    owners = {one: known.owners[one] for one in readable_identifiers(entry) if one in known.owners}
    user_id = full_user_id(entry.user_id) or next(iter(owners.values()), "")
    found = known.people.get(user_id) or known.people.get(next(iter(owners.values()), ""))
    return Match(Person(found.user, found.password_hash) if found else None, owners)


def _moved(entry: Entry[UserEntry], person: Person) -> Iterator[Problem]:
    """What would make the user another one."""
    user_id = full_user_id(entry.value.user_id)
    if user_id and user_id != person.user.user_id:
        yield Problem("user_id", f"read {shown(user_id)}; the user is {person.user.user_id} already")
    for name in ("email", "username"):
        written, current = getattr(entry.value, name), getattr(person.user, name)
        if name in entry.given and normalised(written) != normalised(current):
            yield Problem(name, f"read {shown(written)}; wanted: {shown(current)}, which no import changes")


def _failure(reading: Reading, code: str, *problems: Problem) -> Failure:
    wrong = tuple(Wrong(code=code, message=one.message, path=one.path) for one in problems)
    return Failure(number=reading.number, user=reading.told, errors=wrong)
