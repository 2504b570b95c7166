"""Hashing passwords."""

import asyncio
import threading
import time

import bcrypt
import pytest
from argon2 import PasswordHasher as Argon2
from argon2 import extract_parameters

from gatewright.kernel.errors import Unavailable
from gatewright.users import PasswordHasher
from gatewright.users.passwords import Verdict

pytestmark = pytest.mark.anyio


@pytest.fixture
def hasher():  # type: ignore[no-untyped-def]
    made = PasswordHasher()
    yield made
    made.close()


async def test_hash_is_argon2id_with_our_parameters(hasher: PasswordHasher) -> None:
    """A password is kept as argon2id, 19 MiB, two passes, one lane (RFC 9106)."""
    stored = await hasher.hash("Correct-Horse-1")
    parameters = extract_parameters(stored)
    assert stored.startswith("$argon2id$")
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (19_456, 2, 1)


async def test_same_password_never_has_the_same_hash(hasher: PasswordHasher) -> None:
    """Each hash has a salt of its own."""
    assert await hasher.hash("x") != await hasher.hash("x")


@pytest.mark.parametrize("password", ["Correct-Horse-1", "", " ", "ä" * 200, "🔑", "a\x00b"])
async def test_password_opens_its_own_hash_only(hasher: PasswordHasher, password: str) -> None:
    """A password matches its hash; another one, longer by a character, does not."""
    stored = await hasher.hash(password)
    assert await hasher.verify(password, stored)
    assert not await hasher.verify(password + "x", stored)


@pytest.mark.parametrize("stored", [None, "", "plain", "$argon2id$broken", "$2b$10$abcdefghijklmnopqrstuv"])
async def test_what_is_no_hash_opens_nothing(hasher: PasswordHasher, stored: str | None) -> None:
    """Nobody's password, or one kept in a form we do not read, opens nothing and breaks nothing."""
    assert not await hasher.verify("a password nobody has", stored)


@pytest.mark.alone
async def test_nobody_takes_as_long_as_somebody(hasher: PasswordHasher) -> None:
    """CVE class "timing": comparing with nobody's password takes a hash's time."""
    stored = await hasher.hash("x")

    async def shortest(against: str | None) -> float:
        times = []
        for _ in range(7):
            began = time.thread_time_ns(), time.perf_counter()
            await hasher.verify("y", against)
            times.append(time.perf_counter() - began[1])
        return min(times)

    somebody, nobody = await shortest(stored), await shortest(None)
    assert 0.5 < nobody / somebody < 2


async def test_older_parameters_are_noticed(hasher: PasswordHasher) -> None:
    """A hash made with other parameters is to be made anew; today's is not."""
    assert hasher.needs_rehash(Argon2(time_cost=1, memory_cost=8_192, parallelism=1).hash("x"))
    assert not hasher.needs_rehash(await hasher.hash("x"))


MD5 = '{"algorithm":"md5","hash":{"value":"9dd4e461268c8034f5c8564e155c67a6","encoding":"hex"}}'
BCRYPT = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"


@pytest.mark.parametrize(
    ("stored", "password"),
    [
        (MD5, "x"),
        (BCRYPT, "U*U"),
        (Argon2(time_cost=1, memory_cost=8_192, parallelism=1).hash("x"), "x"),
    ],
    ids=["md5", "bcrypt", "another argon2id"],
)
async def test_foreign_hash_is_made_anew_by_the_right_password(
    hasher: PasswordHasher, stored: str, password: str
) -> None:
    """The right password brings a hash of ours for the same password; a wrong one brings none."""
    verdict = await hasher.check(password, stored)
    assert verdict.is_right
    assert verdict.fresh is not None
    assert not hasher.needs_rehash(verdict.fresh)
    again = await hasher.check(password, verdict.fresh)
    assert (again.is_right, again.fresh) == (True, None)
    wrong = await hasher.check(password + "x", stored)
    assert (wrong.is_right, wrong.fresh) == (False, None)


@pytest.mark.alone
@pytest.mark.parametrize("cost", [0, 10])
async def test_nobody_takes_as_long_as_a_foreign_hash(hasher: PasswordHasher, cost: int) -> None:
    """CVE class "timing": refusals take one time, be the hash a digest, a dear bcrypt, ours or nobody's."""
    brought = bcrypt.hashpw(b"x", bcrypt.gensalt(cost)).decode() if cost else MD5
    own = await hasher.hash("x")

    async def shortest(against: str | None) -> float:
        times = []
        for _ in range(7):
            began = time.perf_counter()
            await hasher.check("y", against)
            times.append(time.perf_counter() - began)
        return min(times)

    foreigner, nobody, somebody = [await shortest(against) for against in (brought, None, own)]
    assert 0.6 < nobody / foreigner < 1.6
    assert 0.6 < somebody / foreigner < 1.6


async def test_beyond_the_queue_callers_are_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one thread and a queue of two, the fourth caller is told at once when to come back."""
    hasher = PasswordHasher(threads=1, queue=2, time_cost=1)
    gate, started = threading.Event(), threading.Event()

    def held(password: str, stored: str) -> tuple[Verdict, float]:
        started.set()
        return Verdict(gate.wait(10)), 0.0

    monkeypatch.setattr(hasher, "_timed", held)
    waiting = [asyncio.create_task(hasher.verify("x", "y")) for _ in range(3)]
    await asyncio.to_thread(started.wait, 10)
    with pytest.raises(Unavailable) as refusal:
        await hasher.verify("x", "y")
    assert refusal.value.retry_after == 1
    gate.set()
    assert await asyncio.gather(*waiting) == [True, True, True]
    assert await hasher.verify("x", "y")
    hasher.close()


async def test_closed_hasher_opens_again(hasher: PasswordHasher) -> None:
    """Closing lets the threads go; the next call has them again."""
    stored = await hasher.hash("x")
    hasher.close()
    assert await hasher.verify("x", stored)
