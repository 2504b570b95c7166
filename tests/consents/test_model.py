"""What a user allowed a client."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.world import World

from gatewright.consents import Consent, user_of

scopes = st.frozensets(st.sampled_from(["openid", "email", "read:x", "write:x"]))


def consent(scopes: frozenset[str], **fields: str) -> Consent:
    place = {"user_id": "auth0|ada", "client_id": "third", "audience": "", **fields}
    return Consent(scopes=scopes, granted_at=1, **place)


@given(given_=scopes, wanted=scopes)
def test_covers_means_nothing_new_is_wanted(given_: frozenset[str], wanted: frozenset[str]) -> None:
    """A consent covers what is wanted if and only if each scope was allowed before."""
    assert consent(given_).covers(wanted) == (not wanted - given_)


@pytest.mark.anyio
async def test_each_place_has_its_own(world: World) -> None:
    """Consents are kept by tenant, user, client and audience, and replaced in their place."""
    store = world.platform.stores.consents
    await world.platform.bus.commit((store.put("main", consent(frozenset({"openid"}))),))
    await world.platform.bus.commit((store.put("main", consent(frozenset({"email"}))),))
    found = await store.get("main", "auth0|ada", "third", "")
    assert found == consent(frozenset({"email"}))
    for place in (
        ("other", "auth0|ada", "third", ""),
        ("main", "auth0|bob", "third", ""),
        ("main", "auth0|ada", "web", ""),
        ("main", "auth0|ada", "third", "https://api.example.test/"),
    ):
        assert await store.get(*place) is None


@given(user_id=st.text(st.characters(codec="utf-8"), min_size=1))
def test_name_says_whose_it_is(user_id: str) -> None:
    """A consent's public name leads back to its user, and outlives a change of its scopes."""
    given_ = [consent(frozenset(scopes), user_id=user_id) for scopes in ({"openid"}, {"openid", "email"})]
    assert {user_of(each.consent_id) for each in given_} == {user_id}
    assert len({each.consent_id for each in given_}) == 1


NO_NAMES = ["", ".", "abc", "YWRh", "YWRh.short", "*.123456789012345678901234", f"_w.{'0' * 24}"]


@pytest.mark.parametrize("name", NO_NAMES)
def test_no_name_of_ours(name: str) -> None:
    """What is no name of a consent leads to nobody."""
    assert user_of(name) is None


def test_names_differ() -> None:
    """Consents for other applications or APIs have other names, also where their texts run together."""
    pairs = (("a", "bc"), ("ab", "c"), ("abc", ""), ("", "abc"))
    named = {consent(frozenset(), client_id=one, audience=two).consent_id for one, two in pairs}
    assert len(named) == len(pairs)
