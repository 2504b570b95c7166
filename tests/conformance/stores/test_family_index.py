"""Families of refresh tokens by their user, and revoked by the dozen, on every backend."""

from typing import Any

import msgspec
import pytest
from tests.conformance.stores.conftest import OTHER, TENANT, Place

from gatewright.kernel.units import Unmatched
from gatewright.oauth.model import AccessToken, Code, Family, Grant, NotedFamily, Whose
from gatewright.oauth.vocabulary import CODE_LIFETIME, CODE_MEMORY
from gatewright.sessions import Note
from gatewright.storage.family_index import SqlFamilyIndex

pytestmark = pytest.mark.anyio

NOW = 50
API = 'https://api.example.test/"quoted"/ünï'
ADA = Whose(user_id="ada")
NOTE = Note(metadata={"device": "phone"}, at=7)


def family(grant_id: str, *, ends: int | None = 100, **fields: Any) -> Family:
    grant = Grant(
        **{
            "grant_id": grant_id,
            "client_id": "web",
            "user_id": "ada",
            "scopes": ("openid", "offline_access"),
            "sid": "s1",
            **fields,
        }
    )
    return Family(
        grant=grant,
        created_at=10,
        rotated_at=10,
        expires_at=ends,
        ends_at=ends,
        ip="203.0.113.7",
        user_agent="Browser/1",
    )


async def put(place: Place, *families: Family, tenant_id: str = TENANT) -> None:
    await place.run(*(place.stores.authorizations.put_family(tenant_id, each) for each in families))


async def alive(place: Place, whose: Whose = ADA, **page: Any) -> list[str]:
    found = await SqlFamilyIndex(place.database).alive(TENANT, whose, now=NOW, **{"limit": 50, **page})
    return [each.family.grant.grant_id for each in found]


async def revoke(place: Place, whose: Whose) -> None:
    await place.run(*SqlFamilyIndex(place.database).revoke(TENANT, whose, at=NOW))


FIVE = (
    family("g1"),
    family("g2", client_id="spa", audience=API),
    family("g3", sid="s2", audience=API),
    family("g4", user_id="bob"),
    family("g5", ends=None),
)


async def test_round_trip(place: Place) -> None:
    """A family comes back as it was stored, with where it began."""
    await put(place, *FIVE)
    index = SqlFamilyIndex(place.database)
    assert await index.noted(TENANT, "g2") == NotedFamily(FIVE[1])
    assert await index.noted(OTHER, "g2") is None


async def test_alive_ones_by_age(place: Place) -> None:
    """Live families come the oldest first, page by page; revoked and expired ones do not."""
    await put(place, *FIVE, family("g0", ends=NOW))
    await put(place, family("g6"), tenant_id=OTHER)
    assert await alive(place) == ["g1", "g2", "g3", "g5"]
    assert await alive(place, limit=2, after="g1") == ["g2", "g3"]
    assert await alive(place, limit=2, skip=3) == ["g5"]
    await place.run(*place.stores.authorizations.revoke_grant(TENANT, "g2", at=NOW, forget_at=99))
    assert await alive(place) == ["g1", "g3", "g5"]


@pytest.mark.parametrize(
    ("whose", "wanted"),
    [
        (Whose(), ["g1", "g2", "g3", "g4", "g5"]),
        (Whose(client_id="web"), ["g1", "g3", "g4", "g5"]),
        (Whose(user_id="ada", client_id="web"), ["g1", "g3", "g5"]),
        (Whose(user_id="ada", sid="s1"), ["g1", "g2", "g5"]),
        (Whose(user_id="ada", audience=API), ["g2", "g3"]),
        (Whose(user_id="ada", audience=""), ["g1", "g5"]),
        (Whose(user_id="ada", client_id="spa", audience=API), ["g2"]),
        (Whose(user_id="nobody"), []),
    ],
    ids=["anybody", "client", "user and client", "session", "audience", "identity", "all", "nobody"],
)
async def test_whose(place: Place, whose: Whose, wanted: list[str]) -> None:
    """Families are found, counted and revoked by everything that is said of them."""
    await put(place, *FIVE)
    assert await alive(place, whose) == wanted
    index = SqlFamilyIndex(place.database)
    assert await index.count(TENANT, whose, now=NOW, most=4) == min(len(wanted), 4)
    await revoke(place, whose)
    assert await alive(place, Whose()) == sorted({"g1", "g2", "g3", "g4", "g5"} - set(wanted))


async def test_access_tokens_end_with_the_family(place: Place) -> None:
    """Opaque access tokens of a revoked family are of a revoked grant; those of others are not."""
    await put(place, *FIVE)
    stores = place.stores.authorizations
    for each in (FIVE[0], FIVE[3]):
        token = AccessToken(grant=each.grant, issued_at=1, expires_at=900)
        await place.run(stores.put_access_token(TENANT, each.grant.grant_id, token))
    await revoke(place, ADA)
    await revoke(place, ADA)  # once more is nothing more
    states = [await stores.access_token(TENANT, grant_id) for grant_id in ("g1", "g4")]
    assert [state and state[1] for state in states] == [True, False]


async def test_codes_of_this_minute_begin_nothing(place: Place) -> None:
    """Codes that could still become refresh tokens go too: the user's, the client's and the session's."""
    stores = place.stores.authorizations
    for number, each in enumerate(FIVE):
        code = Code(grant=each.grant, issued_at=NOW)
        forget_at = NOW + CODE_LIFETIME + CODE_MEMORY
        await place.run(stores.put_code(TENANT, f"c{number}", code, forget_at=forget_at))
    await revoke(place, Whose(user_id="ada", client_id="web", sid="s1"))
    left = [number for number in range(5) if await stores.code(TENANT, f"c{number}")]
    assert left == [1, 2, 3]


async def test_old_codes_stay_known(place: Place) -> None:
    """A code that can be redeemed no more stays, so that its second use is noticed."""
    stores = place.stores.authorizations
    code = Code(grant=FIVE[0].grant, issued_at=NOW - CODE_LIFETIME)
    await place.run(stores.put_code(TENANT, "old", code, forget_at=NOW + CODE_MEMORY))
    await revoke(place, ADA)
    assert await stores.code(TENANT, "old") is not None


async def test_revoked_family_does_not_rotate(place: Place) -> None:
    """A family that was revoked with all of its user's moves no further."""
    await put(place, FIVE[0])
    await revoke(place, ADA)
    with pytest.raises(Unmatched):
        await place.run(place.stores.authorizations.rotate(TENANT, FIVE[0], to=1, at=60, expires_at=200))


async def test_note_outlives_a_refresh(place: Place) -> None:
    """What is kept with a family stays when it moves on; nobody writes over what they did not read."""
    index, first = SqlFamilyIndex(place.database), NotedFamily(FIVE[0])
    await put(place, FIVE[0])
    await place.run(index.note(TENANT, first, NOTE))
    await place.run(place.stores.authorizations.rotate(TENANT, FIVE[0], to=1, at=60, expires_at=200))
    moved = msgspec.structs.replace(FIVE[0], generation=1, rotated_at=60, expires_at=200)
    assert await index.noted(TENANT, "g1") == NotedFamily(moved, NOTE)
    with pytest.raises(Unmatched):
        await place.run(index.note(TENANT, first, None))
    await place.run(index.note(TENANT, NotedFamily(moved, NOTE), None))
    assert await index.noted(TENANT, "g1") == NotedFamily(moved)
