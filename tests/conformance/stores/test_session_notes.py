"""Sessions by their public id and by their user, with what is kept with them, on every backend."""

import asyncio

import pytest
from tests.conformance.stores.conftest import OTHER, TENANT, Place

from gatewright.kernel.units import Unmatched
from gatewright.sessions import Note, Noted, Session

pytestmark = pytest.mark.anyio

NOTE = Note(metadata={"plan": "gold"}, at=7)


def session(sid: str, user_id: str = "u", ends: int = 100) -> Session:
    return Session(
        session_hash=f"hash of {sid}",
        sid=sid,
        user_id=user_id,
        connection="db",
        authenticated_at=1,
        created_at=1,
        seen_at=1,
        idle_expires_at=ends,
        expires_at=1_000,
    )


async def begin(place: Place, *sessions: Session) -> None:
    await place.run(*(place.stores.sessions.put(TENANT, each) for each in sessions))


async def test_by_public_id(place: Place) -> None:
    """A session is found by its sid, in its own tenant."""
    stores = place.stores.sessions
    await begin(place, session("a"))
    assert await stores.by_sid(TENANT, "a") == Noted(session("a"))
    assert await stores.by_sid(OTHER, "a") is None
    assert await stores.by_sid(TENANT, "hash of a") is None


async def test_alive_of_user(place: Place) -> None:
    """A user's live sessions come by their sid, page by page, and none of anybody else."""
    stores = place.stores.sessions
    await begin(place, *(session(sid) for sid in "dbac"), session("e", ends=50), session("f", "v"))
    found = await stores.alive_of_user(TENANT, "u", now=50, after="", limit=3)
    assert [each.session.sid for each in found] == ["a", "b", "c"]
    found = await stores.alive_of_user(TENANT, "u", now=50, after="c", limit=3)
    assert [each.session.sid for each in found] == ["d"]


async def test_note_outlives_use(place: Place) -> None:
    """What is kept with a session stays when its use is written, and goes with the session."""
    stores = place.stores.sessions
    await begin(place, session("a"))
    await place.run(stores.note(TENANT, Noted(session("a")), NOTE))
    await place.run(stores.touch(TENANT, session("a", ends=200)))
    noted = Noted(session("a", ends=200), NOTE)
    assert await stores.by_sid(TENANT, "a") == noted
    await place.run(stores.note(TENANT, noted, None))
    assert await stores.by_sid(TENANT, "a") == Noted(session("a", ends=200))


async def test_of_a_hundred_notes_one_is_written(place: Place) -> None:
    """Of those who read the same state one writes; the others are told."""
    stores = place.stores.sessions
    await begin(place, session("a"))
    ends = await asyncio.gather(
        *(
            place.run(stores.note(TENANT, Noted(session("a")), Note(metadata={"n": str(n)}, at=n)))
            for n in range(100)
        ),
        return_exceptions=True,
    )
    assert sum(not isinstance(end, Exception) for end in ends) == 1
    assert all(isinstance(end, tuple | Unmatched) for end in ends)


async def test_no_note_of_an_ended_session(place: Place) -> None:
    """A session that ended takes no note."""
    with pytest.raises(Unmatched):
        await place.run(place.stores.sessions.note(TENANT, Noted(session("a")), NOTE))
