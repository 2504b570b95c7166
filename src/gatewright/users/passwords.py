"""Hash and verify passwords: argon2id with m=19456 KiB, t=2, p=1 (RFC 9106; OWASP's smaller profile).

Hashing runs in as many threads as there are cores behind a bounded queue; beyond it the caller is told
to come back rather than made to wait.

Hashes that other systems made (``foreign_hashes``), and our own of other parameters, are compared in the
same threads and made anew in the same turn.
"""

import asyncio
import os
import time
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from argon2 import PasswordHasher as Argon2
from argon2.exceptions import InvalidHashError, VerificationError

from gatewright.kernel.errors import Unavailable
from gatewright.users import foreign_hashes
from gatewright.users.pace import Pace

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a password is right; ``fresh`` is the hash to keep, where the old one is not ours."""

    is_right: bool
    fresh: str | None = field(default=None, repr=False)


class PasswordHasher:
    """Argon2id in a thread pool as wide as the machine, with at most ``queue`` waiting calls."""

    def __init__(self, *, threads: int | None = None, queue: int = 64, time_cost: int = 2) -> None:
        self._argon2 = Argon2(time_cost=time_cost, memory_cost=19_456, parallelism=1)
        self._threads = threads or os.cpu_count() or 1
        self._limit = self._threads + queue
        self._busy = 0
        self._pool: ThreadPoolExecutor | None = None
        self._dummy = _made_up(self._argon2)
        self._pace = Pace()

    async def hash(self, password: str) -> str:
        """The encoded hash to keep. Raises ``Unavailable`` when too many are waiting."""
        return await self._in_pool(lambda: self._argon2.hash(password))

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether ``password`` made ``stored``; see ``check``."""
        return (await self.check(password, stored)).is_right

    async def check(self, password: str, stored: str | None) -> Verdict:
        """Whether ``password`` made ``stored``, and what to keep in its place.

        With ``None`` (no such user) the same work is done and the answer is no, so that time tells nothing;
        see ``pace`` for hashes that are dearer than ours.
        Raises ``Unavailable`` when too many are waiting.
        """
        verdict, seconds = await self._in_pool(lambda: self._timed(password, stored))
        if not verdict.is_right:
            await asyncio.sleep(self._pace.missing(seconds))
        return verdict

    def needs_rehash(self, stored: str) -> bool:
        """Whether ``stored`` was made otherwise than we make hashes today."""
        try:
            return self._argon2.check_needs_rehash(stored)
        except InvalidHashError:
            return True

    def close(self) -> None:
        """Lets the threads go."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _timed(self, password: str, stored: str | None) -> tuple[Verdict, float]:
        began = time.perf_counter()
        if stored is None or not self.needs_rehash(stored):
            is_ours = self._matches(password, stored or self._dummy)
            return Verdict(is_ours and stored is not None), time.perf_counter() - began
        # Made anew whether it is right or not: a quick hash, too, is to take as long as ours.
        is_right, fresh = foreign_hashes.matches(password, stored), self._argon2.hash(password)
        seconds = time.perf_counter() - began
        work = foreign_hashes.work_of(stored)
        if work:
            self._pace.note(work, seconds)
        return (Verdict(is_right=True, fresh=fresh) if is_right else Verdict(is_right=False)), seconds

    def _matches(self, password: str, stored: str) -> bool:
        try:
            return self._argon2.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _in_pool(self, work: Callable[[], _T]) -> _T:
        if self._busy >= self._limit:
            raise Unavailable("too many sign-ins at once; try again in a moment", retry_after=1)
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="argon2")
        self._busy += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._busy -= 1


def _made_up(argon2: Argon2) -> str:
    """An encoded hash that no password made: to verify against it takes the usual work and always fails."""
    salt, digest = (
        b64encode(os.urandom(n)).rstrip(b"=").decode() for n in (argon2.salt_len, argon2.hash_len)
    )
    parameters = f"m={argon2.memory_cost},t={argon2.time_cost},p={argon2.parallelism}"
    return f"$argon2id$v=19${parameters}${salt}${digest}"
