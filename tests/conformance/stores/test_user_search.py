"""Queries for users mean the same on both databases."""

from typing import Any

import msgspec
import pytest
from tests.conformance.stores.conftest import OTHER, TENANT, Place

from gatewright.kernel.errors import Invalid
from gatewright.storage.user_search import SqlUserIndex
from gatewright.users import Identifier, Identity, User
from gatewright.users.search import UserSearch

pytestmark = pytest.mark.anyio

DAY = 86_400
MARCH = 1_772_323_200
"""2026-03-01T00:00:00Z."""


def person(subject: str, connection: str = "db", provider: str = "auth0", **fields: Any) -> User:
    identity = Identity(connection=connection, provider=provider, user_id=subject)
    known = {"email": f"{subject}@example.test", "created_at": MARCH, **fields}
    return User(user_id=f"{provider}|{subject}", identities=(identity,), **known)


PEOPLE = (
    person(
        "ada",
        email="Ada.Lovelace@Example.test",
        email_verified=True,
        name="Ada Lovelace",
        given_name="Ada",
        family_name="Lovelace",
        nickname="ada",
        username="ADA",
        logins_count=12,
        last_login=MARCH + 3 * DAY,
        last_ip="203.0.113.9",
        app_metadata={"plan": "gold", "seats": 3, "roles": ["admin", "writer"], "beta": True, "a.b": 1},
        user_metadata={"city": {"name": "Bern", "zip": "3000"}},
    ),
    person(
        "bob",
        name="Bob Loveless",
        given_name="Bob",
        nickname="bö*b",
        blocked=True,
        logins_count=1,
        created_at=MARCH + DAY,
        last_login=MARCH + DAY,
        phone_number="+442079460000",
        app_metadata={"plan": "Gold", "seats": 12.5, "roles": "admin", "since": "2026-02-01"},
    ),
    person(
        "cy",
        "google-oauth2",
        "google-oauth2",
        name="Žofia STRASSE",
        family_name="Straße",
        created_at=MARCH + 40 * DAY,
        updated_at=MARCH + 41 * DAY,
        app_metadata={"plan": None, "seats": "3", "roles": [], "note": "100% \\ _sure_ [x]"},
    ),
    person("dee", email="", name="", user_metadata={"nul": "a\x00b", "plan": "gold"}),
)


async def search(place: Place, people: tuple[User, ...] = PEOPLE) -> UserSearch:
    users = place.stores.users
    for each in people:
        await place.run(*users.insert(TENANT, each, (Identifier("email", each.user_id),)))
    await place.run(*users.insert(OTHER, person("ada"), (Identifier("email", "ada"),)))
    return UserSearch(SqlUserIndex(place.database))


ALL = "ada bob cy dee"
QUERIES = {
    "": ALL,
    "email:ada.lovelace@example.test": "ada",
    'email:"ADA.LOVELACE@EXAMPLE.TEST"': "ada",
    "email:ada": "",
    "email:ada*": "ada",
    "email:*@example.test": "ada bob cy",
    "email:bo?@example.test": "bob",
    "NOT email:*@example.test": "dee",
    "_exists_:email": "ada bob cy",
    "NOT _exists_:email": "dee",
    'name:"ada lovelace"': "ada",
    "name:ada": "",
    "name:ada\\ lovelace": "ada",
    "name:ada*": "ada",
    'name:"Ada*"': "",
    "name:*love*": "ada bob",
    "name:*LOVE*ace": "ada",
    "name:žofia*": "cy",
    "family_name:STRASSE": "cy",
    "name:(ada* OR bob*)": "ada bob",
    "nickname:bö\\**": "bob",
    'nickname:"BÖ*b"': "bob",
    "username:ada": "ada",
    "user_id:auth0|ada": "ada",
    "user_id:AUTH0|ada": "",
    "user_id:auth0*": "ada bob dee",
    "given_name:[b TO c]": "bob",
    "given_name:{ada TO *}": "bob",
    "identities.connection:google-oauth2": "cy",
    "identities.connection:db": "ada bob dee",
    "identities.connection:DB": "",
    "identities.provider:auth0": "ada bob dee",
    "identities.provider:auth": "",
    "identities.provider:goo*": "cy",
    "identities.user_id:ada": "ada",
    "NOT identities.connection:db": "cy",
    "_exists_:identities.connection": ALL,
    "identities.connection:db AND email:ada*": "ada",
    "blocked:true": "bob",
    "blocked:false": "ada cy dee",
    "_exists_:blocked": "bob",
    "email_verified:true": "ada",
    "email_verified:FALSE": "bob cy dee",
    "_exists_:email_verified": "ada",
    "phone_number:\\+442079460000": "bob",
    'phone_number:"+442079460000"': "bob",
    "_exists_:phone_number": "bob",
    "last_ip:203.0.113.*": "ada",
    "logins_count:12": "ada",
    "logins_count:0": "cy dee",
    "logins_count:[1 TO *]": "ada bob",
    "logins_count:[1 TO 12}": "bob",
    "logins_count:{1 TO 12]": "ada",
    "logins_count:>1": "ada",
    "logins_count:<=1": "bob cy dee",
    "NOT logins_count:12": "bob cy dee",
    "_exists_:logins_count": "ada bob",
    "created_at:2026-03-01": "ada dee",
    "created_at:2026-03": "ada bob dee",
    "created_at:[2026-03-02 TO *]": "bob cy",
    "created_at:{2026-03-01 TO *]": "bob cy",
    "created_at:[* TO 2026-03-02}": "ada dee",
    "created_at:[2026-03-01T00:00:01Z TO 2026]": "bob cy",
    'created_at:"2026-03-02T01:00:00+01:00"': "bob",
    "last_login:[2026-03-02 TO 2026-03-02]": "bob",
    "last_login:>2026-03-02": "ada",
    "last_login:*": "ada bob",
    "NOT _exists_:last_login": "cy dee",
    "NOT last_login:[2026-03-03 TO *]": "bob cy dee",
    "updated_at:[2026 TO *]": "cy",
    "NOT updated_at:[2026 TO *]": "ada bob dee",
    "app_metadata.plan:gold": "ada",
    "app_metadata.plan:g*": "ada",
    "app_metadata.plan:(gold OR Gold)": "ada bob",
    "NOT app_metadata.plan:gold": "bob cy dee",
    "_exists_:app_metadata.plan": "ada bob",
    "_exists_:app_metadata": "ada bob cy",
    "app_metadata.seats:3": "ada cy",
    "app_metadata.seats:12.5": "bob",
    "app_metadata.seats:[3 TO 12.5]": "ada bob",
    "app_metadata.seats:>3": "bob",
    "app_metadata.roles:admin": "ada bob",
    "app_metadata.roles:writ?r": "ada",
    "NOT app_metadata.roles:admin": "cy dee",
    "app_metadata.beta:true": "ada",
    "app_metadata.since:[2026-01-01 TO 2026-12-31]": "bob",
    'app_metadata.note:"100% \\\\ _sure_ [x]"': "cy",
    "app_metadata.note:100%*": "cy",
    "app_metadata.note:*_sure_*": "cy",
    "app_metadata.note:*Xsure_*": "",
    "app_metadata.note:*\\[x\\]": "cy",
    "user_metadata.city.name:Bern": "ada",
    "user_metadata.city:Bern": "",
    "_exists_:user_metadata.city": "ada",
    "user_metadata.city.nothing.deeper:x": "",
    "ada*": "ada",
    '"Ada Lovelace"': "ada",
    "auth0|bob": "bob",
    "-blocked:true && (name:ada* || name:bob*)": "ada",
    "name:ada* OR name:bob* AND blocked:false": "ada",
    "!(blocked:true OR email_verified:true)": "cy dee",
}


async def test_every_kind_of_condition_finds_the_same_people(place: Place) -> None:
    """Each query of the table finds exactly whom it names, page and total alike, on both databases."""
    users = await search(place)
    wrong = {}
    for query, names in QUERIES.items():
        found = await users.page(TENANT, q=query, with_total=True)
        one = await users.page(TENANT, q=query, per_page=1, with_total=True)
        told = " ".join(sorted(each.user_id.partition("|")[2] for each in found.users))
        if told != names or not found.total == one.total == len(names.split()):
            wrong[query] = (told, found.total, one.total)
    assert wrong == {}


async def test_pages_follow_each_other(place: Place) -> None:
    """Pages of an order neither overlap nor leave anybody out, those who are alike in it included."""
    crowd = tuple(person(f"p{n:02}", name="Same", logins_count=n % 3) for n in range(25))
    users = await search(place, crowd)
    for sort in ("", "name:1", "name:-1", "logins_count:-1", "nickname:1", "updated_at:1", "phone_number:-1"):
        pages = [await users.page(TENANT, q="name:same", sort=sort, page=n, per_page=7) for n in range(4)]
        told = [each.user_id for page in pages for each in page.users]
        assert len(told) == len(set(told)) == 25, sort


ORDERS = {
    "": "ada bob dee cy",
    "user_id:-1": "cy dee bob ada",
    "created_at:1": "ada dee bob cy",
    "created_at:-1": "cy bob dee ada",
    "logins_count:-1": "ada bob cy dee",
    "name:1": "dee ada bob cy",
    "name:-1": "cy bob ada dee",
    "email:1": "dee ada bob cy",
    "phone_number:-1": "bob cy dee ada",
}


@pytest.mark.parametrize("sort", ORDERS)
async def test_users_come_in_the_order_asked_for(place: Place, sort: str) -> None:
    """An order is by the field in the direction asked for, then by id; the wire's default is by id."""
    users = await search(place)
    found = await users.page(TENANT, sort=sort)
    assert " ".join(each.user_id.partition("|")[2] for each in found.users) == ORDERS[sort]


async def test_only_users_of_the_connection_are_found(place: Place) -> None:
    """A connection given besides narrows every query."""
    users = await search(place)
    found = await users.page(TENANT, q="_exists_:email", connection="db", with_total=True)
    assert ([each.user_id for each in found.users], found.total) == (["auth0|ada", "auth0|bob"], 2)
    assert (await users.page(TENANT, connection="google-oauth2")).users[0].user_id == "google-oauth2|cy"
    assert (await users.page(TENANT, connection="nowhere")).users == ()


async def test_user_with_two_identities_of_a_connection_is_found_once(place: Place) -> None:
    """A person who was linked is one result, whichever of the identities is asked for."""
    ada, cy = PEOPLE[0], PEOPLE[2]
    twice = msgspec.structs.replace(
        ada,
        identities=(
            *ada.identities,
            Identity(connection="db", provider="auth0", user_id="old"),
            *cy.identities,
        ),
    )
    users = await search(place, (twice,))
    for query in (
        "identities.connection:db",
        "identities.user_id:old",
        "identities.connection:google-oauth2",
    ):
        found = await users.page(TENANT, q=query, with_total=True)
        assert ([each.user_id for each in found.users], found.total) == (["auth0|ada"], 1)


async def test_nobody_is_told_of_beyond_the_thousandth(place: Place) -> None:
    """Pages beyond the first thousand users are refused, and the total counts no further."""
    users = UserSearch(SqlUserIndex(place.database))
    for page, per_page in ((10, 100), (-1, 50), (0, 0), (0, 101), (20, 50)):
        with pytest.raises(Invalid):
            await users.page(TENANT, page=page, per_page=per_page)
    assert (await users.page(TENANT, page=9, per_page=100, with_total=True)).total == 0


async def test_address_is_found_in_any_spelling(place: Place) -> None:
    """Everybody with an address is found by it, upper and lower case alike, in their tenant alone."""
    twin = person("twin", "other", "google-oauth2", email="ADA.LOVELACE@example.test")
    users = await search(place, (*PEOPLE, twin))
    found = await users.by_email(TENANT, " ada.lovelace@EXAMPLE.test ")
    assert [each.user_id for each in found] == ["auth0|ada", "google-oauth2|twin"]
    assert await users.by_email(TENANT, "") == ()


async def test_strange_documents_hinder_nobody(place: Place) -> None:
    """A user whose metadata PostgreSQL cannot take apart is found by columns, and spoils no search."""
    huge = person("eve", email="", app_metadata={"seats": 10**400})
    users = await search(place, (*PEOPLE, huge))
    found = await users.page(TENANT, q="app_metadata.seats:[3 TO 4]")
    assert [each.user_id for each in found.users] == ["auth0|ada"]
    assert (await users.page(TENANT, q="user_id:auth0|dee")).users == (PEOPLE[3],)
    assert (await users.page(TENANT, q="user_metadata.city.zip:3000")).users == (PEOPLE[0],)


async def test_changed_user_is_found_by_what_is_new(place: Place) -> None:
    """What a user is found by changes with the user."""
    users = await search(place)
    changed = msgspec.structs.replace(
        PEOPLE[1], name="Robert", email="rob@example.test", logins_count=2, blocked=False
    )
    await place.run(place.stores.users.update(TENANT, changed))
    for query in ("name:robert", "email:rob@example.test", "logins_count:2"):
        assert [each.user_id for each in (await users.page(TENANT, q=query)).users] == ["auth0|bob"]
    for query in ("name:bob*", "email:bob@example.test", "blocked:true"):
        assert (await users.page(TENANT, q=query)).users == ()


HOSTILE = ("'; DROP TABLE users; --", "%", "_", "x' OR '1'='1", '"', "\\", "{}", "$.a", "%s", ":v0", "?", "]")


@pytest.mark.parametrize("text", HOSTILE)
async def test_typed_text_is_never_a_part_of_a_statement(place: Place, text: str) -> None:
    """Whatever stands in a query is compared as text, in every kind of field (the Casdoor CVE-2022-24124)."""
    users = await search(place)
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    for field in ("email", "user_id", "phone_number", "identities.connection", "app_metadata.x"):
        assert (await users.page(TENANT, q=f'{field}:"{quoted}"')).users == ()
    escaped = "".join(f"\\{each}" for each in text)
    for field in ("name", "phone_number", "app_metadata.x", "identities.provider"):
        assert (await users.page(TENANT, q=f"{field}:*{escaped}*")).users == ()
    assert len((await users.page(TENANT)).users) == len(PEOPLE)
