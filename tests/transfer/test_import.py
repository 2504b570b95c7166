"""Users that an import brings."""

import base64
import hashlib
import itertools
import json

import bcrypt
import pytest
from argon2 import PasswordHasher as Argon2
from tests.support.world import CONNECTION, PASSWORD, World, answer
from tests.transfer.filled import counts, errors, finished, imported, lines, ordered, wrong

from gatewright.kernel.errors import Invalid
from gatewright.transfer import ImportOrder

pytestmark = pytest.mark.anyio

BCRYPT = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()


def sha(password: str = PASSWORD) -> dict[str, object]:
    value = hashlib.sha256(b"salt" + password.encode()).hexdigest()
    return {"algorithm": "sha256", "hash": {"value": value, "encoding": "hex"}, "salt": {"value": "salt"}}


def hashes() -> list[dict[str, object]]:
    """The same password as every format keeps it, each made by a library that is not ours."""
    typed = PASSWORD.encode()

    def b64(content: bytes) -> str:
        return base64.b64encode(content).decode()

    key = hashlib.pbkdf2_hmac("sha512", typed, b"salt", 1_000)
    scrypt = hashlib.scrypt(typed, salt=b"salt", n=1024, r=8, p=1, dklen=32)
    ssha = "{SSHA}" + b64(hashlib.sha1(typed + b"salt").digest() + b"salt")
    pbkdf2 = f"$pbkdf2-sha512$i=1000,l=64${b64(b'salt').rstrip('=')}${b64(key).rstrip('=')}"
    argon2 = Argon2(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    digest = {name: hashlib.new(name, typed).hexdigest() for name in ("md5", "sha1", "sha256", "sha512")}
    return [
        {"password_hash": BCRYPT},
        {"password_hash": BCRYPT.replace("$2b$", "$2a$")},
        {"password_hash": BCRYPT.replace("$2b$", "$2y$")},
        {"custom_password_hash": {"algorithm": "bcrypt", "hash": {"value": BCRYPT}}},
        {"custom_password_hash": {"algorithm": "argon2", "hash": {"value": argon2, "encoding": "utf8"}}},
        {"custom_password_hash": {"algorithm": "pbkdf2", "hash": {"value": pbkdf2, "encoding": "utf8"}}},
        {"custom_password_hash": {"algorithm": "ldap", "hash": {"value": ssha, "encoding": "utf8"}}},
        {"custom_password_hash": sha()},
        *(
            {"custom_password_hash": {"algorithm": name, "hash": {"value": value, "encoding": "hex"}}}
            for name, value in digest.items()
        ),
        {
            "custom_password_hash": {
                "algorithm": "scrypt",
                "hash": {"value": b64(scrypt), "encoding": "base64"},
                "salt": {"value": "salt"},
                "keylen": 32,
                "cost": 1024,
            }
        },
    ]


X = {"email": "x@example.test"}
BAD: list[tuple[object, str]] = [
    ("{not json", ""),
    ("[1]", ""),
    ('"text"', ""),
    ({}, ""),
    ({"email": "no address"}, "email"),
    ({"email": 5}, "email"),
    ({"email": None}, "email"),
    ({"email": "x@example.test", "shoe_size": 5}, "shoe_size"),
    ({"email": "x@example.test", "blocked": "yes"}, "blocked"),
    ({"email": "x@example.test", "user_metadata": []}, "user_metadata"),
    ({"email": "x@example.test", "picture": "javascript:alert(1)"}, "picture"),
    ({"email": "x@example.test", "name": "x" * 301}, "name"),
    ({"email": "x@example.test", "user_id": "google-oauth2|5"}, "user_id"),
    ({"email": "x@example.test", "user_id": "a b"}, "user_id"),
    ({"email": "x@example.test", "username": "x@y"}, "username"),
    ({"email": "x@example.test", "password_hash": "swordfish"}, "password_hash"),
    ({"email": "x@example.test", "password_hash": "$2b$31$" + "." * 53}, "password_hash"),
    ({**X, "password_hash": BCRYPT, "custom_password_hash": sha()}, "custom_password_hash"),
    ({"email": "x@example.test", "custom_password_hash": "swordfish"}, "custom_password_hash"),
    (
        {"email": "x@example.test", "custom_password_hash": {"algorithm": "md5", "hash": "swordfish"}},
        "custom_password_hash.hash",
    ),
    (
        {"email": "x@example.test", "custom_password_hash": {"algorithm": "rot13", "hash": {"value": "x"}}},
        "custom_password_hash.algorithm",
    ),
    (
        {**X, "custom_password_hash": {"algorithm": "md5", "hash": {"value": "swordfish"}}},
        "custom_password_hash.hash.value",
    ),
    ({"email": "x@example.test", "mfa_factors": [{"totp": {"secret": "swordfish"}}]}, "mfa_factors"),
    ({"email": "x@example.test", "password": "Swordfish-1"}, "password"),
]  # fmt: skip


@pytest.mark.parametrize("hashed", hashes(), ids=itertools.count())
async def test_brought_hash_opens_the_hosted_page_and_is_ours_afterwards(
    world: World, hashed: dict[str, object]
) -> None:
    """Whoever was brought signs in with the old password, never with another one, and is argon2id then."""
    job = await imported(world, {"email": "new@example.test", "user_id": "legacy-1", **hashed})
    assert counts(job) == (1, 0, 0), await errors(world, job)
    users, hasher = world.platform.stores.users, world.platform.hasher
    before = await users.password_hash(world.tenant_id, "auth0|legacy-1")
    await world.browser().sign_in("new@example.test", "another one")
    assert await users.password_hash(world.tenant_id, "auth0|legacy-1") == before
    assert "code" in answer(await world.browser().sign_in("new@example.test", PASSWORD))
    after = await users.password_hash(world.tenant_id, "auth0|legacy-1")
    assert after is not None
    assert not hasher.needs_rehash(after)
    assert "code" in answer(await world.browser().sign_in("new@example.test", PASSWORD))


async def test_five_thousand_users_of_all_kinds(world: World) -> None:
    """5,000 users in every format among lines that are wrong: all counts are right, and a sample comes in."""
    kinds, good, bad = hashes(), 5_000, 0
    people: list[object] = []
    for number in range(good):
        person = {"email": f"Person{number}@example.test", "email_verified": number % 2 == 0}
        people.append({**person, **kinds[number % len(kinds)]})
        if number % 100 == 50:
            people.append(BAD[bad % len(BAD)][0])
            bad += 1
    job = await imported(world, *people)
    assert job.status == "completed"
    assert counts(job) == (good, 0, bad)
    assert (job.percentage_done, job.records) == (100, good + bad)
    expected = [
        place + 1
        for place, one in enumerate(people)
        if not isinstance(one, dict) or "@" not in str(one.get("email")) or "email_verified" not in one
    ]
    assert [number for number, _, _ in await wrong(world, job)] == expected
    assert world.rows("SELECT count(*) FROM job_parts WHERE kind = 'input'") == [(0,)]
    for number in range(0, good, 389):
        response = await world.browser(address=f"203.0.113.{number % 250}").bring_password(
            f"person{number}@example.test"
        )
        assert response.status_code == 200, response.text
    ours = world.rows("SELECT count(*) FROM passwords WHERE hash LIKE '$argon2id$v=19$m=19456%'")
    assert ours == [(1 + len(range(0, good, 389)),)]
    (event,) = [log for log in await world.logs(100) if log.type == "sui"]
    assert event.details == {
        "job_id": job.job_id,
        "inserted": good,
        "updated": 0,
        "failed": bad,
        "total": good + bad,
    }


@pytest.mark.parametrize(("person", "path"), BAD)
async def test_bad_line_stops_nobody_and_is_told(world: World, person: object, path: str) -> None:
    """A line that is wrong is told with number and path, its secrets unsaid; the others are imported."""
    job = await imported(world, {"email": "a@example.test"}, person, {"email": "b@example.test"})
    assert counts(job) == (2, 0, 1)
    assert await wrong(world, job) == [(2, "INVALID_FORMAT", path)]
    report = json.dumps(await errors(world, job))
    assert "wordfish" not in report
    assert BCRYPT not in report


async def test_everything_about_a_user_is_kept(world: World) -> None:
    """All fields arrive; what is not said has the defaults of a sign-up."""
    whole = {
        "user_id": "1",
        "email": "Whole@Example.test",
        "email_verified": True,
        "username": "whole",
        "given_name": "W",
        "family_name": "Hole",
        "name": "W. Hole",
        "nickname": "w",
        "picture": "https://img.example.test/w.png",
        "blocked": True,
        "user_metadata": {"a": [1, {"b": None}]},
        "app_metadata": {"plan": "gold"},
    }
    job = await imported(world, whole, {"email": "bare@example.test"})
    assert counts(job) == (2, 0, 0), await errors(world, job)
    user = await world.platform.users.get(world.tenant_id, "auth0|1")
    assert user is not None
    for name, value in whole.items():
        assert getattr(user, name) == ("auth0|1" if name == "user_id" else value)
    ((user_id,),) = world.rows("SELECT user_id FROM identifiers WHERE value = 'bare@example.test'")
    bare = await world.platform.users.get(world.tenant_id, user_id)
    assert bare is not None
    assert (bare.name, bare.nickname, bare.email_verified) == ("bare@example.test", "bare", False)
    assert bare.identities[0].connection == CONNECTION


async def test_user_without_a_hash_cannot_sign_in(world: World) -> None:
    """Who is brought without a password has none: no password opens the account."""
    await imported(world, {"email": "bare@example.test"})
    for password in ("", PASSWORD):
        response = await world.browser().bring_password("bare@example.test", password or " ")
        assert response.json()["error"] == "invalid_grant"


async def test_who_is_there_is_refused_without_upsert(world: World) -> None:
    """Without upsert whoever is known by address, username or id is refused and stays as they are."""
    await imported(world, {"email": "b@example.test", "username": "bob", "user_id": "b"})
    before = world.rows("SELECT doc FROM users ORDER BY user_id")
    job = await imported(
        world,
        {"email": "B@example.test", "name": "Mallory"},
        {"username": "BOB", "name": "Mallory"},
        {"email": "c@example.test", "user_id": "b"},
        {"email": "ada@example.test", "password_hash": BCRYPT},
    )
    assert counts(job) == (0, 0, 4)
    assert {code for _, code, _ in await wrong(world, job)} == {"DUPLICATED_USER"}
    assert world.rows("SELECT doc FROM users ORDER BY user_id") == before


async def test_same_user_twice_in_a_file(world: World) -> None:
    """The second line about a user is refused, or with upsert updates what the first one made."""
    twice = [{"email": "t@example.test", "name": "One"}, {"email": "T@example.test", "name": "Two"}]
    assert counts(await imported(world, *twice)) == (1, 0, 1)
    twice = [{"email": "u@example.test", "name": "One"}, {"email": "U@example.test", "name": "Two"}]
    assert counts(await imported(world, *twice, upsert=True)) == (1, 1, 0)
    ((doc,),) = world.rows("SELECT doc FROM users WHERE email = 'u@example.test'")
    assert json.loads(doc)["name"] == "Two"


async def test_upsert_leaves_alone_what_was_decided_here(world: World) -> None:
    """An update sets profile and metadata; block, address, username and id are what they are here."""
    await world.change_user("auth0|ada", blocked=True)
    job = await imported(
        world,
        {"email": "ada@example.test", "blocked": False, "given_name": "Ada", "app_metadata": {"x": 1}},
        {"user_id": "ada", "email": "other@example.test"},
        {"user_id": "other", "email": "ada@example.test"},
        {"email": "ada@example.test", "username": "queen"},
        upsert=True,
    )
    assert counts(job) == (0, 1, 3)
    assert [path for _, _, path in await wrong(world, job)] == ["email", "user_id", "username"]
    user = await world.platform.users.get(world.tenant_id, "auth0|ada")
    assert user is not None
    assert (user.given_name, user.app_metadata, user.blocked, user.name) == (
        "Ada",
        {"x": 1},
        True,
        "Ada Example",
    )


async def test_upsert_never_replaces_a_password_of_ours(world: World) -> None:
    """A hash in a file replaces one that was brought and not used yet, and never one that was proved here."""
    users = world.platform.stores.users
    await imported(
        world, {"email": "n@example.test", "user_id": "n", "custom_password_hash": sha("Older-1x")}
    )
    await imported(
        world,
        {"email": "n@example.test", "custom_password_hash": sha()},
        {"email": "ada@example.test", "custom_password_hash": sha("Stolen-1")},
        upsert=True,
    )
    assert (await world.browser().bring_password("n@example.test", "Older-1x")).status_code != 200
    assert (await world.browser().bring_password("n@example.test", PASSWORD)).status_code == 200
    assert (await world.browser().bring_password("ada@example.test", "Stolen-1")).status_code != 200
    proved = await users.password_hash(world.tenant_id, "auth0|n")
    await imported(world, {"email": "n@example.test", "custom_password_hash": sha("Stolen-1")}, upsert=True)
    assert await users.password_hash(world.tenant_id, "auth0|n") == proved


async def test_importing_again_changes_nothing(world: World) -> None:
    """The same file a second time, with upsert, updates users to what they are: no version moves."""
    people = [{"email": f"p{n}@example.test", "custom_password_hash": sha(), "name": "P"} for n in range(5)]
    await imported(world, *people)
    before = world.rows("SELECT * FROM users")
    assert counts(await imported(world, *people, upsert=True)) == (0, 5, 0)
    assert world.rows("SELECT * FROM users") == before


async def test_array(world: World) -> None:
    """A file may be one JSON array, as the wire has it."""
    content = json.dumps([{"email": "a@example.test"}, {"email": "x"}, {"email": "b@example.test"}]).encode()
    job = await finished(world, await ordered(world, content))
    assert counts(job) == (2, 0, 1)
    assert await wrong(world, job) == [(2, "INVALID_FORMAT", "email")]


@pytest.mark.parametrize("content", [b"", b"[]", b"  \n"])
async def test_file_without_a_user_is_refused(world: World, content: bytes) -> None:
    """A file that has no user makes no job."""
    with pytest.raises(Invalid, match="there is no user in the file"):
        await ordered(world, content)
    assert world.rows("SELECT * FROM jobs") == []


async def test_only_databases_take_users(world: World) -> None:
    """A connection that keeps no passwords takes no import."""
    connection = await world.platform.connections.by_name(world.tenant_id, CONNECTION)
    assert connection is not None
    elsewhere = ImportOrder(connection=type(connection)(connection_id="c", name="mail", strategy="email"))
    with pytest.raises(Invalid, match="is no database"):
        await world.platform.transfers.order_import(world.tenant_id, elsewhere, None)  # type: ignore[arg-type]


async def test_import_touches_its_tenant_alone(world: World) -> None:
    """A job is seen, done and counted in its own tenant."""
    job = await finished(world, await ordered(world, lines([{"email": "a@example.test"}])))
    assert await world.platform.jobs.get("other", job.job_id) is None
    assert [part async for part in world.platform.jobs.parts("other", job.job_id, "error")] == []
