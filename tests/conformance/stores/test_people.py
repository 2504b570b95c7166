"""Stores of people: users, identifiers, passwords, consents, sessions, the audit log, attempts."""

import asyncio

import msgspec
import pytest
from tests.conformance.stores.conftest import OTHER, TENANT, Place

from gatewright.audit import LogEntry
from gatewright.consents import Consent
from gatewright.kernel.units import Duplicate, Unmatched
from gatewright.sessions import Session
from gatewright.users import Identifier, Identity, User

pytestmark = pytest.mark.anyio

DATABASE = "db"
ADA = User(
    user_id="auth0|ada",
    email="Ada@Example.test",
    email_verified=True,
    name="Ada Ünïcode",
    address={"locality": "Bern"},
    app_metadata={"plan": {"seats": 3}},
    identities=(Identity(connection=DATABASE, provider="auth0", user_id="ada"),),
    created_at=1,
    updated_at=2,
)
EMAIL = Identifier("email", "ada@example.test")


async def _add(place: Place, user: User = ADA, identifier: Identifier = EMAIL) -> None:
    await place.run(*place.stores.users.insert(TENANT, user, (identifier,)))


async def test_user_round_trip(place: Place) -> None:
    """A user comes back as they were stored, nested metadata and all."""
    await _add(place)
    assert await place.stores.users.get(TENANT, ADA.user_id) == ADA


async def test_user_of_another_tenant_is_not_found(place: Place) -> None:
    """A user id means nobody in another tenant."""
    await _add(place)
    assert await place.stores.users.get(OTHER, ADA.user_id) is None


async def test_taken_identifier_leaves_no_trace_of_the_newcomer(place: Place) -> None:
    """A second user with a taken identifier is refused whole."""
    await _add(place)
    twin = msgspec.structs.replace(
        ADA,
        user_id="auth0|twin",
        identities=(Identity(connection=DATABASE, provider="auth0", user_id="twin"),),
    )
    with pytest.raises(Duplicate) as refused:
        await _add(place, twin)
    assert refused.value.table == "identifiers"
    assert await place.stores.users.get(TENANT, "auth0|twin") is None


async def test_identity_belongs_to_one_user(place: Place) -> None:
    """A subject of a connection cannot be two people."""
    await _add(place)
    thief = msgspec.structs.replace(ADA, user_id="auth0|thief")
    with pytest.raises(Duplicate) as refused:
        await _add(place, thief, Identifier("email", "thief@example.test"))
    assert refused.value.table == "identities"


async def test_credentials_name_user_and_hash(place: Place) -> None:
    """An identifier leads to its user and password hash in the connection, and nowhere else."""
    await _add(place)
    await place.run(place.stores.users.set_password(TENANT, ADA.user_id, "hash-1", 5))
    found = await place.stores.users.credentials(TENANT, DATABASE, EMAIL)
    assert found is not None
    assert (found.user, found.password_hash) == (ADA, "hash-1")
    assert await place.stores.users.credentials(TENANT, "elsewhere", EMAIL) is None
    assert await place.stores.users.credentials(OTHER, DATABASE, EMAIL) is None


async def test_update_needs_the_version_it_read(place: Place) -> None:
    """An update by somebody who read an older version is refused."""
    await _add(place)
    await place.run(place.stores.users.update(TENANT, msgspec.structs.replace(ADA, name="First")))
    with pytest.raises(Unmatched):
        await place.run(place.stores.users.update(TENANT, msgspec.structs.replace(ADA, name="Second")))
    found = await place.stores.users.get(TENANT, ADA.user_id)
    assert found is not None
    assert (found.name, found.version) == ("First", 2)


async def test_of_many_updates_of_one_version_one_wins(place: Place) -> None:
    """Twenty writers who read the same version: one update is kept."""
    await _add(place)
    attempts = [
        place.run(place.stores.users.update(TENANT, msgspec.structs.replace(ADA, name=f"n{n}")))
        for n in range(20)
    ]
    ends = await asyncio.gather(*attempts, return_exceptions=True)
    assert sum(not isinstance(end, Exception) for end in ends) == 1


async def test_delete_takes_everything_of_the_user(place: Place) -> None:
    """After deletion the identifier is free for somebody else."""
    await _add(place)
    await place.run(*place.stores.users.delete(TENANT, ADA.user_id))
    assert await place.stores.users.get(TENANT, ADA.user_id) is None
    await _add(place)


async def test_users_page_by_id(place: Place) -> None:
    """Pages follow each other without gap or overlap."""
    for n in range(5):
        subject = f"s{n}"
        user = User(
            user_id=f"auth0|{subject}",
            identities=(Identity(connection=DATABASE, provider="auth0", user_id=subject),),
        )
        await _add(place, user, Identifier("email", f"{subject}@example.test"))
    first = await place.stores.users.page(TENANT, after="", limit=3)
    rest = await place.stores.users.page(TENANT, after=first[-1].user_id, limit=3)
    assert [user.user_id for user in (*first, *rest)] == [f"auth0|s{n}" for n in range(5)]


async def test_consent_grows_by_replacement(place: Place) -> None:
    """The newest consent for a client and audience stands."""
    for scopes in ({"openid"}, {"openid", "email"}):
        consent = Consent(
            user_id="u", client_id="c", audience="", scopes=frozenset(scopes), granted_at=len(scopes)
        )
        await place.run(place.stores.consents.put(TENANT, consent))
    assert await place.stores.consents.get(TENANT, "u", "c", "") == consent
    assert await place.stores.consents.get(TENANT, "u", "c", "https://api") is None


async def test_withdrawn_consent_is_gone_alone(place: Place) -> None:
    """Withdrawing a consent leaves those of other users, clients and audiences."""
    places = [("u", "c", ""), ("u", "c", "https://api"), ("u", "d", ""), ("v", "c", "")]
    for user_id, client_id, audience in places:
        consent = Consent(
            user_id=user_id, client_id=client_id, audience=audience, scopes=frozenset({"s"}), granted_at=1
        )
        await place.run(place.stores.consents.put(TENANT, consent))
    assert await place.run(place.stores.consents.withdraw(TENANT, *places[0])) == (1,)
    assert await place.run(place.stores.consents.withdraw(OTHER, *places[1])) == (0,)
    found = [await place.stores.consents.get(TENANT, *each) is not None for each in places]
    assert found == [False, True, True, True]


def _session(secret_hash: str, user_id: str = "u", ends: int = 100) -> Session:
    return Session(
        session_hash=secret_hash,
        sid=f"sid-{secret_hash}",
        user_id=user_id,
        connection=DATABASE,
        authenticated_at=1,
        created_at=1,
        seen_at=1,
        idle_expires_at=50,
        expires_at=ends,
        amr=("pwd",),
        clients=("c",),
    )


async def test_session_round_trip_and_end(place: Place) -> None:
    """A session comes back as stored, until it ends."""
    stores = place.stores.sessions
    await place.run(stores.put(TENANT, _session("h")))
    assert await stores.get(TENANT, "h") == _session("h")
    await place.run(stores.end(TENANT, "h"))
    assert await stores.get(TENANT, "h") is None


async def test_use_of_a_session_is_written(place: Place) -> None:
    """Touching a session replaces what is stored of it."""
    stores = place.stores.sessions
    await place.run(stores.put(TENANT, _session("h")))
    await place.run(stores.touch(TENANT, _session("h", ends=200)))
    assert await stores.get(TENANT, "h") == _session("h", ends=200)


async def test_ended_session_does_not_come_back_by_use(place: Place) -> None:
    """Touching a session that ended refuses the unit and writes nothing."""
    stores = place.stores.sessions
    await place.run(stores.put(TENANT, _session("h")))
    await place.run(stores.end(TENANT, "h"))
    with pytest.raises(Unmatched):
        await place.run(stores.touch(TENANT, _session("h", ends=200)))
    assert await stores.get(TENANT, "h") is None


async def test_all_sessions_of_one_user_end_together(place: Place) -> None:
    """Ending a user's sessions leaves those of others."""
    stores = place.stores.sessions
    for secret_hash, user_id in (("a", "u"), ("b", "u"), ("c", "v")):
        await place.run(stores.put(TENANT, _session(secret_hash, user_id)))
    await place.run(stores.end_all_of(TENANT, "u"))
    assert await stores.of_user(TENANT, "u") == []
    assert [session.session_hash for session in await stores.of_user(TENANT, "v")] == ["c"]


async def test_log_is_read_newest_first(place: Place) -> None:
    """The audit log comes back newest first."""
    for n in range(3):
        entry = LogEntry(log_id=f"900{n}", at=n, type="s", event="E", details={"n": n})
        await place.run(place.stores.logs.append(TENANT, entry))
    newest = await place.stores.logs.newest(TENANT, limit=2)
    assert [entry.log_id for entry in newest] == ["9002", "9001"]
    assert newest[0].details == {"n": 2}


async def test_every_parallel_attempt_counts(place: Place) -> None:
    """Fifty attempts at once count as fifty."""
    stores = place.stores.attempts
    counts = await asyncio.gather(*(stores.add(TENANT, "k", now=0, window=60) for _ in range(50)))
    assert sorted(count for count, _ in counts) == list(range(1, 51))


async def test_counter_starts_anew_after_its_window(place: Place) -> None:
    """A counter whose window has passed counts from one, with a new window."""
    stores = place.stores.attempts
    await stores.add(TENANT, "k", now=0, window=60)
    assert await stores.add(TENANT, "k", now=59, window=60) == (2, 60)
    assert await stores.add(TENANT, "k", now=60, window=60) == (1, 120)


async def test_given_back_and_cleared_attempts_do_not_count(place: Place) -> None:
    """An attempt can be taken back, and a counter forgotten."""
    stores = place.stores.attempts
    await stores.add(TENANT, "k", now=0, window=60)
    await stores.add(TENANT, "k", now=0, window=60)
    await stores.give_back(TENANT, "k")
    assert await stores.read(TENANT, "k", now=1) == (1, 60)
    await stores.clear(TENANT, "k")
    assert await stores.read(TENANT, "k", now=1) == (0, 0)
