"""A hundred thousand users, of whom some are wrong, brought through the management API."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import bcrypt
import pytest
from argon2 import PasswordHasher as Argon2
from tests.management.test_jobs import over
from tests.support import world as worlds
from tests.support.keys import quick_keys
from tests.support.management import Caller, caller, enable_management
from tests.support.world import PASSWORD, World, answer

from gatewright.users.foreign_hashes.md4 import md4

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]
__all__ = ["quick_keys"]

PEOPLE = 100_000
DEADLINE = 600.0
"""Seconds: a few on a machine of one's own, and many on one that is busy."""

WRONG = 1_000
"""Every how many lines one is wrong."""

Hashed = dict[str, Any]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A fresh server with the management API in its tenant."""
    async with worlds.world(tmp_path) as made:
        await enable_management(made)
        yield made


@pytest.fixture
async def robot(world: World) -> Caller:
    """A caller with every scope that a client can have."""
    return await caller(world)


def custom(algorithm: str, value: str, encoding: str = "utf8", **more: Any) -> Hashed:
    hashed = {"algorithm": algorithm, "hash": {"value": value, "encoding": encoding}, **more}
    return {"custom_password_hash": hashed}


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def formats() -> list[Hashed]:
    """The password as each format of other systems keeps it, made by libraries that are not ours."""
    typed = PASSWORD.encode()
    shared = bcrypt.hashpw(typed, bcrypt.gensalt(4)).decode()
    key = hashlib.pbkdf2_hmac("sha256", typed, b"salt", 1_000)
    scrypt = hashlib.scrypt(typed, salt=b"salt", n=1024, r=8, p=1, dklen=32)
    salted = hashlib.sha1(typed + b"salt", usedforsecurity=False).digest()
    argon2 = Argon2(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    plain: dict[str, Callable[[bytes], str]] = {
        name: lambda content, name=name: hashlib.new(name, content, usedforsecurity=False).hexdigest()
        for name in ("md5", "sha1", "sha256", "sha512")
    }
    salt = {"value": "salt", "position": "prefix"}
    keyed = {
        "value": hmac.digest(b"key", typed, "sha256").hex(),
        "encoding": "hex",
        "digest": "sha256",
        "key": {"value": "key", "encoding": "utf8"},
    }
    return [
        *({"password_hash": shared.replace("$2b$", kind)} for kind in ("$2a$", "$2b$", "$2y$")),
        custom("bcrypt", shared),
        custom("argon2", argon2),
        custom("pbkdf2", f"$pbkdf2-sha256$i=1000,l=32${b64(b'salt').rstrip('=')}${b64(key).rstrip('=')}"),
        custom("scrypt", b64(scrypt), "base64", salt={"value": "salt"}, keylen=32, cost=1024),
        custom("ldap", "{SSHA}" + b64(salted + b"salt")),
        custom("md4", md4(typed).hex(), "hex"),
        *(custom(name, digest(typed), "hex") for name, digest in plain.items()),
        *(custom(name, digest(b"salt" + typed), "hex", salt=salt) for name, digest in plain.items()),
        {"custom_password_hash": {"algorithm": "hmac", "hash": keyed}},
    ]


def lines(hashes: list[Hashed]) -> Iterator[bytes]:
    """One user a line, each with the next format; every thousandth line is wrong, in one of three ways."""
    wrong = (b'{"email": "no address"}\n', b"{not json\n", b'{"email": "x@example.test", "shoe_size": 5}\n')
    for number in range(1, PEOPLE + 1):
        if number % WRONG == 0:
            yield wrong[number // WRONG % len(wrong)]
        else:
            person = {"email": f"p{number}@example.test", "user_id": f"p{number}", "email_verified": True}
            yield json.dumps({**person, **hashes[number % len(hashes)]}).encode() + b"\n"


async def form(connection_id: str, hashes: list[Hashed], boundary: str) -> AsyncIterator[bytes]:
    """The form, piece by piece: nobody holds it whole."""
    yield f'--{boundary}\r\nContent-Disposition: form-data; name="connection_id"\r\n\r\n'.encode()
    yield f"{connection_id}\r\n--{boundary}\r\n".encode()
    yield b'Content-Disposition: form-data; name="users"; filename="users.ndjson"\r\n\r\n'
    held = b""
    for line in lines(hashes):
        held += line
        if len(held) > 65_536:
            yield held
            held = b""
    yield held + f"\r\n--{boundary}--\r\n".encode()


async def test_hundred_thousand_users(world: World, robot: Caller) -> None:
    """Every right line becomes a user, every wrong one is told by its number; each format signs in once.

    Afterwards the hashes of those who signed in are argon2id, and nobody else's.
    """
    hashes, boundary = formats(), secrets.token_hex(8)
    (connection,) = await world.platform.stores.connections.all(world.tenant_id)
    response = await robot.call(
        "POST",
        "/jobs/users-imports",
        content=form(connection.connection_id, hashes, boundary),
        headers={"content-type": f"multipart/form-data; boundary={boundary}"},
    )
    assert response.status_code == 202, response.text
    job = await over(robot, response.json(), within=DEADLINE)

    wrong = [*range(WRONG, PEOPLE + 1, WRONG)]
    right = PEOPLE - len(wrong)
    assert job["summary"] == {"failed": len(wrong), "updated": 0, "inserted": right, "total": PEOPLE}
    assert [each["number"] for each in await robot.read(f"/jobs/{job['id']}/errors")] == wrong
    ((count,),) = world.rows("SELECT count(*) FROM users WHERE user_id LIKE 'auth0|p%'")
    assert count == right

    for number in range(1, len(hashes) + 1):
        person = f"p{number}@example.test"
        assert "code" in answer(await world.browser().sign_in(person)), hashes[number % len(hashes)]
    stored = "SELECT count(*) FROM passwords WHERE identity_id LIKE 'auth0|p%' AND {}"
    ours = "hash LIKE '$argon2id$v=19$m=19456,%'"
    assert world.rows(stored.format(ours)) == [(len(hashes),)]
    assert world.rows(stored.format(f"NOT {ours}")) == [(right - len(hashes),)]
