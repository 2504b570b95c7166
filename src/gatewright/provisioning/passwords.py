"""Passwords written in a file: which are new, whether they are strong enough, and their hashes."""

import asyncio
import os
from collections.abc import Mapping

from gatewright.connections import DatabaseOptions
from gatewright.provisioning.document import Document
from gatewright.provisioning.entry_kinds import UserEntry
from gatewright.provisioning.problems import Problem, inside
from gatewright.provisioning.reading import Entry
from gatewright.provisioning.state import Match
from gatewright.users import PasswordHasher


class NewPasswords:
    """Finds and hashes the passwords that a file sets or changes."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self._hasher = hasher
        self._turns = asyncio.Semaphore(os.cpu_count() or 1)

    async def entries(
        self, document: Document, people: Mapping[str, Match], *, only_missing: bool
    ) -> list[Entry[UserEntry]]:
        """The entries whose password is not the one in force; with ``only_missing`` those of new users."""
        written = [entry for entry in document.users or () if entry.value.password]
        new = await asyncio.gather(
            *(self._is_new(entry, people[entry.path], only_missing=only_missing) for entry in written)
        )
        return [entry for entry, is_new in zip(written, new, strict=True) if is_new]

    async def hashes(self, entries: list[Entry[UserEntry]]) -> dict[str, str]:
        """The hash of each password, by the path of its entry."""
        made = await asyncio.gather(*(self._hash(entry.value.password) for entry in entries))
        return {entry.path: hashed for entry, hashed in zip(entries, made, strict=True)}

    async def _is_new(self, entry: Entry[UserEntry], match: Match, *, only_missing: bool) -> bool:
        if match.person is None:
            return True
        stored = match.person.password_hash
        if only_missing or stored is None:
            return not only_missing
        async with self._turns:
            return not await self._hasher.verify(entry.value.password, stored)

    async def _hash(self, password: str) -> str:
        async with self._turns:
            return await self._hasher.hash(password)


def weak_passwords(
    entries: list[Entry[UserEntry]], databases: Mapping[str, DatabaseOptions]
) -> list[Problem]:
    """What the databases' policies have against the passwords; never the password itself."""
    found = []
    for entry in entries:
        user = entry.value
        policy = databases.get(user.connection, DatabaseOptions()).policy()
        personal = (user.name, user.email, user.username)
        unmet = [rule for rule in policy.judge(user.password, personal=personal) if not rule.satisfied]
        if unmet:
            wanted = "; ".join(rule.text % {"n": rule.n} for rule in unmet)
            found.append(
                Problem(inside(entry.path, "password"), f"too weak for its database; wanted: {wanted}")
            )
    return found
